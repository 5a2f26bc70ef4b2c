import { Help } from './keyboard/help.tsx'
import { RunQuestion } from './keyboard/run-question.tsx'
import { Notices } from './parts/notices.tsx'
import { route } from './routing/route.ts'
import { screenOf } from './routing/screens.tsx'
import { Banners } from './shell/banners.tsx'
import { Header } from './shell/header.tsx'
import { Saying } from './shell/saying.tsx'

export function App() {
  const Screen = screenOf(route.value)
  // Another screen is another element: nothing of the one before may stay in it.
  return (
    <>
      <Header />
      <Banners />
      <Screen key={route.value.path.join('/')} />
      <Notices />
      <Saying />
      <Help />
      <RunQuestion />
    </>
  )
}
