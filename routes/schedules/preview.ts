import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Preview, PreviewInput } from '../../src/domain/preview.ts'
import { PostProblems } from '../answers.ts'

export default async function previewSchedule(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/preview',
    {
      config: { operation: 'preview_schedule', scope: 'read' },
      schema: { body: PreviewInput, response: { 200: Preview, ...PostProblems } }
    },
    (request) => app.scheduler.preview(request.body)
  )
}
