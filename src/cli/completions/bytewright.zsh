#compdef bytewright
# Completions of bytewright for zsh.
_bytewright() {
    local line files= goes_on= current
    local -a candidates descriptions typed
    # A quote that is open is none of the word.
    case $compstate[quote] in
        \') current=$PREFIX ;;
        \") current=${(Q)${:-"\"$PREFIX\""}} ;;
        *) current=${(Q)PREFIX} ;;
    esac
    typed=("${(@Q)words[2,CURRENT-1]}" "$current")
    for line in "${(@f)$("${(Q)words[1]}" complete -- "${typed[@]}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            :files) files=1 ;;
            :goes-on) goes_on=1 ;;
            *) candidates+=("${line%%$'\t'*}"); descriptions+=("${line/$'\t'/  -- }") ;;
        esac
    done
    if (( ${#candidates} )); then
        if [[ -n $goes_on ]]; then
            compadd -S '' -a candidates
        elif [[ "${(j::)descriptions}" == *'  -- '* ]]; then
            compadd -l -d descriptions -a candidates
        else
            compadd -a candidates
        fi
    fi
    [[ -n $files ]] && _files
    return 0
}
if [[ $funcstack[1] == _bytewright ]]; then
    _bytewright "$@"
else
    compdef _bytewright bytewright
fi
