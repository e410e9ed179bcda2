# Completions of bytewright for fish.
function __bytewright_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct | string unescape)
    test (count $current) -eq 0; and set current ''
    for line in ($typed[1] complete -- $typed[2..] $current 2>/dev/null)
        switch $line
            case :files
                # fish's own function breaks at a file whose name begins with a dash.
                set -l begun (string replace -r '^~/' "$HOME/" -- $current)
                for path in "$begun"*
                    test -d "$path"; and set path "$path/"
                    string match -q '~/*' -- $current; and set path '~'(string sub -s (math (string length -- "$HOME") + 1) -- $path)
                    printf '%s\n' "$path"
                end
            case :goes-on
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c bytewright -f -a '(__bytewright_complete)'
