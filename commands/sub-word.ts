import { didYouMean } from '../src/domain/suggest.ts'
import { invalid } from '../src/option-sources.ts'

/** What stands after a command, such as "pause" after "jobs". */
export interface SubWord {
  command: string
  word: string
  /** Words that are known beside the actions. */
  also: readonly string[]
}

/**
 * The action of a word.
 * @throws CarillonError `invalid_configuration` for one that is none
 */
export function actionOf<Action>(
  actions: Readonly<Record<string, Action>>,
  { command, word, also }: SubWord
): Action {
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined
  if (action !== undefined) return action
  const hint = didYouMean(word, [...also, ...Object.keys(actions)])
  const help = ` "carillon ${command} --help" lists them.`
  throw invalid(`"${command} ${word}" is no command.${hint || help}`)
}
