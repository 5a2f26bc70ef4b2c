import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { Problem } from '../../src/domain/problem.ts'
import { TargetTest, TargetTestRequest } from '../../src/domain/target-test.ts'
import { WriteProblems } from '../answers.ts'

export default async function testTarget(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/test',
    {
      // To keep an answer takes a transaction, which must not wait for a target.
      config: { operation: 'test_target', scope: 'write', once: false },
      validatorCompiler: compileAllButBody,
      schema: {
        body: TargetTestRequest,
        response: { 200: TargetTest, ...WriteProblems, 404: Problem }
      }
    },
    (request) => app.operationsFor(request).testTarget(request.body)
  )
}
