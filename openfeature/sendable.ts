/** What the API takes of a name and of a key, in characters. */
const LONGEST_NAME = 200;
const LONGEST_KEY = 1000;

const isWhole = (text: string, longest: number): boolean => text.length > 0 && text.length <= longest && text.isWellFormed();

/** One of these that the API would refuse takes everything down that is sent beside it, again and again. */
export const isName = (text: string): boolean => isWhole(text, LONGEST_NAME);
export const isKey = (text: string): boolean => isWhole(text, LONGEST_KEY);
