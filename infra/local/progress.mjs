// Progress on the terminal: one line per step with its time, a spinner while it runs, plain lines where nobody watches.
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
const QUIET_MS = 2_000; // without a terminal, only steps longer than this announce themselves before they end
const isTerminal = process.stdout.isTTY === true;

/** Runs `work(note)` under a title; what it returns last as text (or gave to `note`) is shown beside the time. Errors pass through. */
export async function step(title, work) {
  const startedAt = performance.now();
  let detail = '';
  const stopSpinner = spin(() => `${title}${detail ? `: ${detail}` : ''}`, startedAt);
  const note = (text) => (detail = text);
  try {
    const result = await work(note);
    stopSpinner();
    console.log(`✔ ${title}${detail ? `: ${detail}` : ''} (${secondsSince(startedAt)})`);
    return result;
  } catch (error) {
    stopSpinner();
    console.log(`✖ ${title} (${secondsSince(startedAt)})`);
    throw error;
  }
}

function spin(text, startedAt) {
  if (!isTerminal) {
    const announce = setTimeout(() => console.log(`… ${text()}`), QUIET_MS);
    return () => clearTimeout(announce);
  }
  let frame = 0;
  const draw = () => process.stdout.write(`\r\x1b[2K${FRAMES[frame++ % FRAMES.length]} ${text()} (${secondsSince(startedAt)})`);
  const timer = setInterval(draw, FRAME_MS);
  return () => {
    clearInterval(timer);
    process.stdout.write('\r\x1b[2K');
  };
}

const secondsSince = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
