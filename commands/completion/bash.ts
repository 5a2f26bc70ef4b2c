import type { Place } from './places.ts'
import { quoted } from './quoted.ts'

/** The script for bash, which goes by the words before the cursor; 3.2, as macOS has it, is enough. */
export function bashScript(places: readonly Place[]): string {
  return `_carillon() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local place= words= flags= files= word index
  # "--state=paused" is three words to bash.
  if [[ $current == = ]]; then
    current=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case "$place $word" in
      ${patterns(stepsOf(places))}) place="\${place:+$place }$word" ;;
      ${patterns(valueFlagsOf(places))})
        [[ \${COMP_WORDS[index + 1]} == = ]] && index=$((index + 1))
        index=$((index + 1))
        ;;
    esac
  done
  COMPREPLY=()
  case "$place $before" in
${closedSets(places)}
    ${patterns(valueFlagsOf(places))}) return ;;
  esac
  if [[ -z $words ]]; then
    case "$place" in
${places.map(branch).join('\n')}
    esac
    [[ $current == -* ]] && words=$flags
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files && $current != -* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$current")
  fi
}
complete -F _carillon carillon
`
}

function patterns(texts: readonly string[]): string {
  return texts.map(quoted).join(' | ')
}

/** Place and word of all words that lead on. */
function stepsOf(places: readonly Place[]): string[] {
  return places.flatMap(({ path, words }) => words.map(({ word }) => `${path} ${word}`))
}

/** Place and flag of all flags that a value follows. */
function valueFlagsOf(places: readonly Place[]): string[] {
  return places.flatMap(({ path, flags }) =>
    flags.filter(({ takesValue }) => takesValue).map(({ word }) => `${path} ${word}`)
  )
}

/** Come first: these flags have a value that can be completed. */
function closedSets(places: readonly Place[]): string {
  const sets = places.flatMap(({ path, flags }) =>
    flags
      .filter(({ values }) => values.length > 0)
      .map(({ word, values }) => `    ${quoted(`${path} ${word}`)}) words=${list(values)} ;;`)
  )
  return sets.join('\n')
}

function branch({ path, words, flags, takesFiles }: Place): string {
  const named = (all: readonly { word: string }[]): string => list(all.map(({ word }) => word))
  const files = takesFiles ? ' files=1' : ''
  return `      ${quoted(path)}) words=${named(words)} flags=${named(flags)}${files} ;;`
}

function list(words: readonly string[]): string {
  return quoted(words.join(' '))
}
