/** A sentence in which `names` between backticks are set as code; text in any direction. */
export function Sentence({ text }: { text: string }) {
  return <span dir="auto">{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</span>;
}
