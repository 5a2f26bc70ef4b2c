export { migrations } from '../../core/migrations.ts'
