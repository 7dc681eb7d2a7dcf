import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours, or none of them. */
export type Paint = { readonly [style in Style]: (text: string) => string };

const styled =
  (style: Style, colours: boolean) =>
  (text: string): string =>
    colours && text !== '' ? styleText(style, text, { validateStream: false }) : text;

export const paintWith = (colours: boolean): Paint => ({
  bold: styled('bold', colours),
  dim: styled('dim', colours),
  red: styled('red', colours),
  green: styled('green', colours),
  yellow: styled('yellow', colours),
  cyan: styled('cyan', colours),
});
