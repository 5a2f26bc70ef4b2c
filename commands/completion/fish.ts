import type { CompletedFlag, Place } from './places.ts'

/** The script for fish: a condition for the place, and a line for each thing that may come there. */
export function fishScript(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, words }) => words.map(({ word }) => keyOf(path, word)))
  const valueFlags = places.flatMap(({ path, flags }) =>
    flags.filter(({ takesValue }) => takesValue).map(({ word }) => keyOf(path, word))
  )
  return `function __carillon_place
    set -l place
    set -l is_value 0
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch (string join ' ' -- $place $word)
            case ${steps.map(quoted).join(' ')}
                set place $place $word
            case ${valueFlags.map(quoted).join(' ')}
                set is_value 1
        end
    end
    string join ' ' -- $place
end

function __carillon_at
    test "$(__carillon_place)" = "$argv"
end

complete -c carillon -f
${places.flatMap(linesOf).join('\n')}
`
}

function keyOf(path: string, word: string): string {
  return path === '' ? word : `${path} ${word}`
}

function linesOf({ path, words, flags, takesFiles }: Place): string[] {
  const line = `complete -c carillon -n ${quoted(`__carillon_at ${path}`.trimEnd())}`
  return [
    ...words.map(({ word, meaning }) => `${line} -a ${word}${toldAs(meaning)}`),
    ...flags.map((flag) => `${line} ${flagWords(flag)}${toldAs(flag.meaning)}`),
    ...(takesFiles ? [`${line} -F`] : [])
  ]
}

function flagWords({ word, takesValue, values }: CompletedFlag): string {
  const long = `-l ${word.slice(2)}`
  if (!takesValue) return long
  return values.length === 0 ? `${long} -x` : `${long} -x -a ${quoted(values.join(' '))}`
}

function toldAs(meaning: string): string {
  return meaning === '' ? '' : ` -d ${quoted(meaning)}`
}

/** In fish a backslash counts within quotes, too. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}
