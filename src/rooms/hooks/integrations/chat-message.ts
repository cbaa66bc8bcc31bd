/** A message before it is written for one chat. Texts are as people gave them: every renderer escapes them its own way. */
export interface ChatMessage {
  readonly mood: 'good' | 'bad' | 'warning' | 'neutral';
  /** One line. */
  readonly title: readonly Piece[];
  readonly fields: readonly { readonly name: string; readonly value: readonly Piece[] }[];
}

/** Text, or text that leads somewhere on this server. */
export type Piece = string | { readonly text: string; readonly url: string };

export const plainText = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
