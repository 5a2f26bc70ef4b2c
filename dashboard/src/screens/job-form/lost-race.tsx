import { useEffect, useRef } from 'preact/hooks'
import type { Job, JobInput } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Table } from '../../parts/table.tsx'
import { definitionOf } from './definition.ts'

/** Two versions of a job: as it is stored now, and as it is in the form. */
export interface Race {
  theirs: Job
  mine: JobInput
}

interface LostRaceProps {
  race: Race
  takeTheirs: () => void
  saveMine: () => Promise<null>
  close: () => void
}

/** Says that somebody was faster, and what differs. */
export function LostRace({ race, takeTheirs, saveMine, close }: LostRaceProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  // Closed before it goes, so that the focus is given back.
  const end = (): void => {
    dialog.current?.close()
    takeTheirs()
  }
  const theirs = new Map(Object.entries(definitionOf(race.theirs)))
  const mine = new Map(Object.entries(race.mine))
  const fields = [...new Set([...theirs.keys(), ...mine.keys()])].filter(
    (field) => JSON.stringify(theirs.get(field)) !== JSON.stringify(mine.get(field))
  )
  return (
    <dialog ref={dialog} aria-label="Somebody else has changed it" onClose={close}>
      <h2>Somebody else has changed it</h2>
      <p>Nothing is saved yet. Where the two differ; an empty place is the default:</p>
      <Table
        caption="What differs"
        head="Field"
        rows={fields}
        keyOf={String}
        columns={[
          ['Field', (field) => field],
          ['Theirs', (field) => <code>{JSON.stringify(theirs.get(field))}</code>],
          ['Mine', (field) => <code>{JSON.stringify(mine.get(field))}</code>]
        ]}
      />
      <div class="row">
        <button type="button" onClick={() => dialog.current?.close()}>
          Go on
        </button>
        <button type="button" onClick={end}>
          Show theirs
        </button>
        <ActionButton class="danger" act={saveMine}>
          Save mine anyway
        </ActionButton>
      </div>
    </dialog>
  )
}
