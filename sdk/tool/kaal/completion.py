"""kaal completion: what a shell completes, made from the same tables as the command line."""
import argparse

HELP = "print what lets bash or zsh complete kaal's commands and options"
DESCRIPTION = """Prints a script for a shell. A sysroot has both: share/bash-completion/completions/kaal, which bash finds there by itself when
bash-completion is installed and the sysroot's bin folder is on PATH, and share/zsh/site-functions/_kaal, for a folder of zsh's fpath. Or:
  bash   source <(kaal completion bash)
  zsh    source <(kaal completion zsh)"""
SHELLS = ("bash", "zsh")
# What follows an option or stands alone: words of a list, or files.
FILES = "files"


def add_arguments(parser):
    parser.add_argument("shell", choices=SHELLS, help="whose script")


def value_of(action):
    """What is completed for a value: the choices, or files."""
    return " ".join(map(str, action.choices)) if action.choices else FILES


def tables(parser):
    """{command: (options, {option: value}, [value of each word that stands alone])}."""
    found = {}
    subparsers = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in subparsers.choices.items():
        options, values, words = [], {}, []
        for action in command._actions:
            options += action.option_strings
            if not action.option_strings:
                words.append(value_of(action))
            elif action.nargs != 0:
                values |= {option: value_of(action) for option in action.option_strings}
        found[name] = (options, values, words)
    return found


def reply(value):
    """What completes a value, as a command of the shell's."""
    how = "-f" if value == FILES else f"-W '{value}'"
    return f'COMPREPLY=($(compgen {how} -- "$word"))'


def words(parser):
    """The function that both shells call: it looks at the command, the word before, and how many words stand alone before this one."""
    found = tables(parser)
    takers = sorted(f"{command}{option}" for command, (_, values, _) in found.items() for option in values)
    lines = [
        "_kaal_words()", "{",
        "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} alone=0 i",
        "\tCOMPREPLY=()",
        '\tif [ "$COMP_CWORD" = 1 ]; then', f"\t\t{reply(' '.join([*found, '--help', '--version']))}", "\t\treturn", "\tfi",
        "\tfor ((i = 2; i < COMP_CWORD; i++)); do",
        "\t\tcase ${COMP_WORDS[1]}${COMP_WORDS[i-1]} in", f"\t\t{'|'.join(takers)}) continue ;;", "\t\tesac",
        "\t\tcase ${COMP_WORDS[i]} in", "\t\t-*) ;;", "\t\t*) alone=$((alone + 1)) ;;", "\t\tesac",
        "\tdone",
        "\tcase ${COMP_WORDS[1]} in"]
    for command, (options, values, alone) in found.items():
        lines += [f"\t{command})", "\t\tcase $before in"]
        lines += [f"\t\t{option}) {reply(value)}; return ;;" for option, value in values.items()]
        lines += ["\t\tesac", "\t\tcase $word in", f"\t\t-*) {reply(' '.join(options))}; return ;;", "\t\tesac", "\t\tcase $alone in"]
        lines += [f"\t\t{index}) {reply(value)} ;;" for index, value in enumerate(alone)]
        lines += ["\t\tesac", "\t\t;;"]
    return "\n".join([*lines, "\tesac", "}", ""])


def bash(parser):
    return f"# Made by `kaal completion bash`.\n{words(parser)}complete -o filenames -F _kaal_words kaal\n"


def zsh(parser):
    """zsh's own layer for bash's functions; loaded by compinit it is the body of _kaal, and sourced it is not."""
    return f"""#compdef kaal
# Made by `kaal completion zsh`.
autoload -U +X bashcompinit && bashcompinit
{words(parser)}if [ "$funcstack[1]" = _kaal ]; then
	_bash_complete -F _kaal_words
else
	complete -F _kaal_words kaal
fi
"""


def run(options):
    from .__main__ import make_parser  # which imports this
    print({"bash": bash, "zsh": zsh}[options.shell](make_parser()), end="")
    return 0
