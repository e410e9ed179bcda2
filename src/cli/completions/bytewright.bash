# Completions of bytewright for bash.
_bytewright() {
    local current=${COMP_WORDS[COMP_CWORD]} line candidates=() files=
    # A word that is "=" or ":" alone is where bash has split one.
    case $current in =|:) current= ;; esac
    case $current in \'*|\"*) current=${current:1} ;; esac
    while IFS= read -r line; do
        case $line in
            :files) files=1 ;;
            :goes-on) compopt -o nospace 2>/dev/null ;;
            *) candidates+=("$line") ;;
        esac
    done < <("${COMP_WORDS[0]}" complete --line "${COMP_LINE:0:COMP_POINT}" --current "$current" 2>/dev/null)
    COMPREPLY=("${candidates[@]}")
    if [[ $files ]]; then
        local matches=() word=${COMP_LINE:0:COMP_POINT}
        word=${word##*[[:space:]]}
        # A file whose name has a = or a : in it, which bash has split: what stands before the last is there already.
        if [[ $word == *[=:]"$current" ]]; then
            while IFS= read -r line; do matches+=("${line#"${word%"$current"}"}"); done < <(compgen -f -- "$word")
        fi
        if ((!${#matches[@]})); then
            while IFS= read -r line; do matches+=("$line"); done < <(compgen -f -- "$current")
        fi
        if ((${#matches[@]})); then
            compopt -o filenames 2>/dev/null
            COMPREPLY+=("${matches[@]}")
        fi
    fi
}
complete -F _bytewright bytewright
