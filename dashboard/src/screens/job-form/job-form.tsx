import { useState } from 'preact/hooks'
import type { Job } from '../../../../client.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { hrefOf } from '../../routing/route.ts'
import { AsText } from './as-text.tsx'
import { definitionOf } from './definition.ts'
import { Faults } from './faults.tsx'
import { createForm, workOn, type Work } from './form.ts'
import { dropKept, readKept } from './kept.ts'
import { KeptOffer } from './kept-offer.tsx'
import { LostRace } from './lost-race.tsx'
import { Trouble } from './trouble.tsx'
import { useSaving } from './use-saving.ts'
import { What } from './what.tsx'
import { When } from './when.tsx'

interface JobFormProps {
  /** The job that is changed; null makes a new one. */
  id: number | null
  /** What drafts are kept under. */
  name: string
  start: Work
}

/** The form that defines a job. */
export function JobForm({ id, name, start }: JobFormProps) {
  const [form] = useState(() => createForm(name, start))
  const [kept, setKept] = useState(() => readKept(name))
  const drop = (): void => {
    dropKept(name)
    setKept(null)
  }
  const begin = (work: Work): void => {
    form.work.value = work
    form.faults.value = []
    setKept(null)
  }
  const saving = useSaving(form, id, drop)
  const { race, isBusy, save } = saving
  const takeTheirs = (theirs: Job): void => {
    drop()
    begin(workOn(definitionOf(theirs), theirs.version))
    saving.endRace()
  }
  return (
    <>
      {kept !== null && <KeptOffer at={kept.at} takeUp={() => begin(kept.work)} drop={drop} />}
      <Faults form={form} error={saving.error} />
      <form
        class="job-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save(false)
        }}
      >
        <When form={form} />
        <What form={form} id={id} />
        <Trouble form={form} />
        <div class="row">
          <button type="submit" class="primary" aria-disabled={isBusy}>
            Save
          </button>
          <Allowed scope="run">
            <button type="button" aria-disabled={isBusy} onClick={() => void save(true)}>
              Save and run now
            </button>
          </Allowed>
          <AsText input={saving.checked} id={id} />
          <a href={hrefOf(id === null ? ['jobs'] : ['jobs', id])} onClick={drop}>
            Cancel
          </a>
        </div>
      </form>
      {race !== null && (
        <LostRace
          key={race.theirs.version}
          race={race}
          takeTheirs={() => takeTheirs(race.theirs)}
          saveMine={() => saving.saveOver(race)}
          close={saving.endRace}
        />
      )}
    </>
  )
}
