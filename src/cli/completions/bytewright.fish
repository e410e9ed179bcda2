# Completions of bytewright for fish.
function __bytewright_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct | string unescape)
    test (count $current) -eq 0; and set current ''
    for line in ($typed[1] complete -- $typed[2..] $current 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $current
            case :goes-on
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c bytewright -f -a '(__bytewright_complete)'
