"""Completion in bash, zsh and fish, made from the parser of the command line: it cannot fall behind."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def commands_of(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Every command and its parser."""
    found = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return dict(next(found).choices)


def options_of(command: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Long options of a command."""
    actions = command._actions
    return {text: action for action in actions for text in action.option_strings if text[:2] == "--"}


def helps_of(top: argparse.ArgumentParser) -> dict[str, str]:
    """What each command does, in a line."""
    action = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return {choice.dest: choice.help or "" for choice in action._choices_actions}


def names_of_pressures() -> list[str]:
    """Of those that come with evomod, as their modules' texts have them: to import them takes half a second."""
    modules = sorted((PACKAGE / "pressures").glob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in modules]
    found = r'^[A-Z0-9_]+ = Pressure\(\s*"([a-z0-9-]+)"'
    return [name for text in texts for name in re.findall(found, text, re.M)]


def tasks() -> list[str]:
    """Of evomod, by the names of their files: to execute the files takes half a second."""
    return [path.stem.replace("_", "-") for path in sorted((PACKAGE / "tasks").glob("[!_]*.py"))]


def figures() -> list[str]:
    """As `evomod.papers.figures.find_figures` names them, which imports matplotlib."""
    paths = sorted((PACKAGE / "scripts").glob("*/*.py"))
    drawing = [path for path in paths if re.search(r"^FULL\b", path.read_text(encoding="utf-8"), re.M)]
    names = [(path.parent.name, path.stem) for path in drawing]
    return [folder if folder == stem else f"{folder}-{stem}" for folder, stem in names]


def names_after(command: str, option: str = "") -> list[str]:
    """What may follow a command, or an option of it, besides files."""
    if option == "--pressure":
        return sorted(names_of_pressures())
    if option:
        return []
    known = {"evolve": tasks, "train": tasks, "figure": figures}
    return known[command]() if command in known else []


def bash(top: argparse.ArgumentParser) -> str:
    """Words of a command line that bash has split; files where no word fits. For bash 3.2 too, which macOS has."""
    cases = [
        f"    {_pattern(name, options)}) names={_quoted(names)} options={_quoted(known)} ;;"
        for name, options, names, known in _cases(top)
    ]
    lines = [
        "_evomod() {",
        "  local names options here=${COMP_WORDS[COMP_CWORD]}",
        "  case $COMP_CWORD:${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD-1]} in",
        f"    1:*) names={_quoted([*commands_of(top)])} options='--help --version' ;;",
        *cases,
        "  esac",
        "  [[ $here == -* ]] && names=$options",
        '  COMPREPLY=($(compgen -W "$names" -- "$here"))',
        "}",
        "complete -o default -F _evomod evomod",
    ]
    return "\n".join(lines)


def zsh(top: argparse.ArgumentParser) -> str:
    """The same in zsh, whose function is given the line in ``words``."""
    cases = [
        f"    {_pattern(name, options)}) names=({_plain(names)}) options=({_plain(known)}) ;;"
        for name, options, names, known in _cases(top)
    ]
    lines = [
        "_evomod() {",
        "  local -a names options",
        "  case $CURRENT:$words[2]:$words[CURRENT-1] in",
        f"    2:*) names=({_plain([*commands_of(top)])}) options=(--help --version) ;;",
        *cases,
        "  esac",
        "  if [[ $PREFIX == -* ]]; then compadd -a options; return; fi",
        "  compadd -a names",
        "  (( CURRENT > 2 )) && _files",
        "}",
        "compdef _evomod evomod",
    ]
    return "\n".join(lines)


def fish(top: argparse.ArgumentParser) -> str:
    """One rule per word, with what it is for."""
    helps, lines = helps_of(top), []
    for name, command in commands_of(top).items():
        says = shlex.quote(helps.get(name, ""))
        lines.append(f"complete -c evomod -n __fish_use_subcommand -f -a {name} -d {says}")
        within = f"complete -c evomod -n '__fish_seen_subcommand_from {name}'"
        for option, action in options_of(command).items():
            words = _values(name, option, action)
            given = f" -x -a {_quoted(words)}" if words else " -r" if action.nargs != 0 else ""
            lines.append(f"{within} -l {option[2:]}{given} -d {_first_line(action)}")
        words = [*names_after(name), *_choices(command)]
        if words:
            lines.append(f"{within} -a {_quoted(words)}")
    return "\n".join(lines)


SCRIPTS = {"bash": bash, "zsh": zsh, "fish": fish}


def _cases(
    top: argparse.ArgumentParser,
) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """Command, options before the word, names and options that may follow; the first case that fits counts."""
    for name, command in commands_of(top).items():
        options = options_of(command)
        valued = {text: _values(name, text, one) for text, one in options.items() if one.nargs is None}
        for option, words in valued.items():
            if words:
                yield name, [option], words, []
        if files := [option for option, words in valued.items() if not words]:
            yield name, files, [], []
        yield name, [], [*names_after(name), *_choices(command)], [*options]


def _pattern(name: str, options: list[str]) -> str:
    return "|".join(f"*:{name}:{option}" for option in options or ["*"])


def _values(name: str, option: str, action: argparse.Action) -> list[str]:
    return [*names_after(name, option), *map(str, action.choices or ())]


def _choices(command: argparse.ArgumentParser) -> list[str]:
    """Of arguments without an option."""
    actions = (action for action in command._actions if not action.option_strings)
    return [str(choice) for action in actions for choice in action.choices or ()]


def _first_line(action: argparse.Action) -> str:
    return shlex.quote((action.help or "").partition(";")[0].replace("%%", "%"))


def _plain(words: list[str]) -> str:
    return " ".join(map(shlex.quote, words))


def _quoted(words: list[str]) -> str:
    return shlex.quote(" ".join(words))
