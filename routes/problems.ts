import { STATUS_CODES } from 'node:http'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'
import { Problem } from '../src/domain/problem.ts'
import { isProblemCode, PROBLEMS, type ProblemCode } from '../src/domain/problems.ts'
import { shown } from '../src/domain/validation.ts'
import { ReadProblems } from './answers.ts'

const ProblemPage = Type.Object(
  {
    code: Type.String(),
    status: Type.Integer(),
    title: Type.String(),
    meaning: Type.String(),
    fix: Type.String({ description: 'What whoever sent the request can do.' })
  },
  { $id: 'ProblemPage' }
)
const CodeParams = Type.Object({ code: Type.String({ minLength: 1, maxLength: 100 }) })

function pageOf(code: ProblemCode): Static<typeof ProblemPage> {
  const { status, ...told } = PROBLEMS[code]
  return { code, status, title: STATUS_CODES[status] ?? 'Error', ...told }
}

// Open: whoever is refused may read why.
export default async function problems(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/problems',
    {
      config: { operation: 'list_problems', open: true },
      schema: { response: { 200: Type.Array(ProblemPage), ...ReadProblems } }
    },
    async () => Object.keys(PROBLEMS).filter(isProblemCode).map(pageOf)
  )
  app.get(
    '/problems/:code',
    {
      config: { operation: 'get_problem', open: true },
      schema: { params: CodeParams, response: { 200: ProblemPage, ...ReadProblems, 404: Problem } }
    },
    async ({ params: { code } }) => {
      if (isProblemCode(code)) return pageOf(code)
      throw app.httpErrors.notFound(`There is no problem ${shown(code)}; GET /problems lists them.`)
    }
  )
}
