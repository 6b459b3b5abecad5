// What kubectl starts as the editor: hands the file's path to the test, which reads and saves the file,
// and waits for its word. Node runs it as it stands, so that opening the "editor" costs no compilation.
import { connect } from 'node:net';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const [socket = '', file = ''] = process.argv.slice(2);

const connection = connect(socket);
connection.end(file);
// No answer means that the test gave up or died: a failing editor makes kubectl give up as well.
const answer = await text(connection).catch(() => '');
process.exit(answer === 'done' ? 0 : 1);
