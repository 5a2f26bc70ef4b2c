import { render } from 'preact'
import { App } from './app.tsx'
import { connect } from './live/connection.ts'
import './preferences/theme.ts'
import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/form.css'
import './styles/activity.css'
import './styles/overview.css'
import './styles/schedule.css'

const place = document.getElementById('app')
if (place === null) throw new Error('The page has no place for the application.')
connect()
render(<App />, place)
