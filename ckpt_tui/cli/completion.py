"""`ckpt-tui completion`: what makes a shell complete verbs, options, files and ids.

The program answers what the scripts of click ask. These are ours, because the one of click for bash expands
patterns in the words and puts them on the line unquoted, though a store may hold an id such as `$(rm x)`; and because
none of them completes the value in `--option=value`.
"""

from __future__ import annotations

import click

from ckpt_tui.cli.output import write

_BASH = r"""
_ckpt_tui_completion() {
    local IFS=$'\n' index word raw= cut= type value
    local -a words=()
    # Bash breaks words at = and :, too.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if ((index > 1)) && [[ $word == [:=]* || $raw == [:=] || $raw == "://" ]]; then
            cut=${words[${#words[@]} - 1]}
            words[${#words[@]} - 1]=$cut$word
            [[ $word == [:=]* ]] && cut=$cut$word
        else
            words+=("$word")
            cut=
        fi
        raw=$word
    done
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                value=${value#"$cut"}
                if [[ $raw == [\'\"]* ]]; then
                    # Within quotes nothing can be quoted again.
                    [[ $value == *[\'\"\\\$\`\!]* ]] && continue
                else
                    printf -v value %q "$value"
                fi
                COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) _CKPT_TUI_COMPLETE=bash_complete "$1")
}

complete -o nosort -F _ckpt_tui_completion ckpt-tui
"""

_ZSH = r"""
#compdef ckpt-tui

_ckpt_tui_completion() {
    local -a plain explained response
    local type key description
    (( ! $+commands[ckpt-tui] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[1,CURRENT]}" COMP_CWORD=$((CURRENT-1)) \
        _CKPT_TUI_COMPLETE=zsh_complete ckpt-tui)}")
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    for type key description in ${response}; do
        case $type in
            plain)
                if [[ $description == _ ]]; then
                    plain+=("$key")
                else
                    explained+=("$key:$description")
                fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( $#explained )) && _describe -V unsorted explained
    (( $#plain )) && compadd -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _ckpt_tui_completion "$@"
else
    compdef _ckpt_tui_completion ckpt-tui
fi
"""

_FISH = r"""
function _ckpt_tui_completion
    set -l option (string match --regex -- '^--[^=]*=' (commandline -ct))
    for line in (env _CKPT_TUI_COMPLETE=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) ckpt-tui)
        set -l parts (string split --max 1 "," -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                for path in (__fish_complete_path $parts[2])
                    echo -- "$option$path"
                end
            case plain
                echo -- "$option$parts[2]"
        end
    end
end

complete --keep-order --no-files --command ckpt-tui --arguments "(_ckpt_tui_completion)"
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SCRIPTS)), metavar="SHELL")
def command(shell: str) -> int:
    """Print the script with which SHELL (bash, zsh or fish) completes verbs, options, files and ids of checkpoints.

    bash: put eval "$(ckpt-tui completion bash)" into ~/.bashrc; zsh: the same with zsh into ~/.zshrc; fish: write the
    output to ~/.config/fish/completions/ckpt-tui.fish.
    """
    write(_SCRIPTS[shell].strip("\n"))
    return 0
