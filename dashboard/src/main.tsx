import { render } from 'preact'
import { App } from './app.tsx'
import { keepFocus } from './keyboard/keep-focus.ts'
import { listenToKeys } from './keyboard/keyboard.ts'
import { watchAccess } from './live/access.ts'
import { connect } from './live/connection.ts'
import { watchHealth } from './live/server.ts'
import './preferences/theme.ts'
import { redrawOnSignals } from './signal/redraw.ts'
import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/form.css'
import './styles/activity.css'
import './styles/overview.css'
import './styles/schedule.css'
import './styles/keyboard.css'
import './styles/bulk.css'
import './styles/import.css'
import './styles/system.css'
import './styles/run.css'

const place = document.getElementById('app')
if (place === null) throw new Error('The page has no place for the application.')
redrawOnSignals()
watchAccess()
connect()
watchHealth()
listenToKeys()
keepFocus()
render(<App />, place)
