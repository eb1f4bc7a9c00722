# bash completion of synfire. Verbs and options are read from its own help, names from its catalogue, so that nothing here goes stale.
_synfire() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} program=${COMP_WORDS[0]}
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | grep -v '^synfire$' | sort -u) --help --version" -- "$word")
    return
  fi
  case $before in
    --progress) mapfile -t COMPREPLY < <(compgen -W "auto bar plain json none" -- "$word"); return ;;
    --split) mapfile -t COMPREPLY < <(compgen -W "train validation test" -- "$word"); return ;;
    --runs) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$program" "$verb" --help 2>/dev/null | grep -oE '(^|[ ,])--[a-z-]+' | tr -d ' ,' | sort -u)" -- "$word")
    return
  fi
  case $verb in
    explain) mapfile -t COMPREPLY < <(compgen -W "train $("$program" list 2>/dev/null | sed -n 's/^  \([a-z0-9_-]*\)  .*/\1/p')" -- "$word") ;;
    list) mapfile -t COMPREPLY < <(compgen -W "$("$program" list 2>/dev/null | sed -n 's/^\([a-z]*\) ([0-9]*)$/\1/p')" -- "$word") ;;
    resume | report | evaluate | predict | serve | export) mapfile -t COMPREPLY < <(compgen -d -- "$word"; compgen -W "$(cd runs 2>/dev/null && printf 'runs/%s\n' */ | sed 's,/$,,' | grep -v '\*')" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -X '!*.@(toml|json)' -- "$word"; compgen -d -- "$word") ;;
  esac
}
complete -o filenames -F _synfire synfire
