/** The keys and what they do, as the help lists them. */
export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'search jobs'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['x', 'select the row'],
  ['r', 'run the job now; asks first'],
  ['p', 'pause the job, or resume it'],
  ['n', 'new job'],
  ['g o', 'go to the overview'],
  ['g j', 'go to the jobs'],
  ['g r', 'go to the runs'],
  ['g s', 'go to the schedule'],
  ['.', 'pause live updates, or go on with them'],
  ['Esc', 'close what is open'],
  ['?', 'this list']
]
