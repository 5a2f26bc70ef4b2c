import { said } from '../live/saying.ts'

/** The live region: changes of state, for who does not see them. */
export function Saying() {
  return (
    <p class="visually-hidden" role="status" aria-label="Changes">
      {said.value}
    </p>
  )
}
