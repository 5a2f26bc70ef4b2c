import { hrefOf } from '../routing/route.ts'
import { Screen } from '../shell/screen.tsx'

export function NotFound() {
  return (
    <Screen title="Nothing here">
      <p>
        There is no such screen. <a href={hrefOf(['jobs'])}>All jobs</a>
      </p>
    </Screen>
  )
}
