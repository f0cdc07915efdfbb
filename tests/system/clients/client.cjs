// Opens a WebSocket with a library of npm, sends 640 bytes and expects them back: node client.cjs LIBRARY URI AUTHORIZATION

const [library, uri, authorization] = process.argv.slice(2)
const headers = { Authorization: authorization }
const { WebSocket } = require(library)
const socket = new WebSocket(uri, { headers })
socket.binaryType = 'arraybuffer'
socket.addEventListener('open', () => socket.send(new Uint8Array(640)))
socket.addEventListener('message', event => process.exit(event.data.byteLength === 640 ? 0 : 1))
socket.addEventListener('error', event => { console.error(event.message ?? event.error); process.exit(1) })
