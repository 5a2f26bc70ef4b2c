import { hrefOf } from '../routing/route.ts'
import { service } from '../service.ts'

/** Runs a job, and says where to see it. */
export async function runNow(jobId: number) {
  const { id } = await service.run(jobId)
  return (
    <>
      Started <a href={hrefOf(['runs', id])}>run {id}</a>; the schedule is as it was.
    </>
  )
}
