import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { type Book, booksPerFile, dataDirectory, fileNameOf, writeBooks } from "./book-files.js";

const bookCount = 60_000;

const firstNames = words(
  "Ada Bruno Clara Dario Edith Felix Greta Hugo Iris Jonas Karin Leo Mira Nils Olga Pavel Rosa Samir Tilda Yusuf",
);
const lastNames = words(
  "Abel Baker Castro Dahl Ekman Farkas Gruber Hart Ivanov Jansen Keller Lindt Moreau Novak Okafor Petrov Quist Rossi Sato Tanaka Ueda Varga Weiss Xu Young Zeman",
);
const publishers = words("Alder Birch Cedar Elm Hazel Juniper Larch Maple");
const languages = words("de en es fr it ja");
const nouns = words(
  "archive border clock desert engine forest garden harbour island journey kitchen letter mirror night ocean portrait river shadow tower winter",
);
const adjectives = words(
  "broken distant empty final gentle hidden iron last lost northern quiet red second silent slow small southern unwritten white wooden",
);
const verbs = words(
  "begins carries changes finds follows forgets hides keeps leaves loses meets opens reads remembers returns waits",
);

/** A small seeded generator (mulberry32) makes the same books on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = createRandom(2026);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = (list: readonly string[]): string => list[below(list.length)] as string;

function createBook(id: number): Book {
  const [adjective, noun] = [pick(adjectives), pick(nouns)];
  return {
    id,
    isbn: `978${String(below(1e10)).padStart(10, "0")}`,
    title: `The ${capital(adjective)} ${capital(noun)}`,
    author: `${pick(firstNames)} ${pick(lastNames)}`,
    publisher: pick(publishers),
    publishedOn: new Date(Date.UTC(1960 + below(65), below(12), 1 + below(28)))
      .toISOString()
      .slice(0, 10),
    language: pick(languages),
    pages: 80 + below(900),
    priceCents: 499 + 50 * below(70),
    description: Array.from({ length: 12 }, createSentence).join(" "),
  };
}

function createSentence(): string {
  return `The ${pick(adjectives)} ${pick(nouns)} ${pick(verbs)} a ${pick(adjectives)} ${pick(nouns)}.`;
}

function words(text: string): string[] {
  return text.split(" ");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

async function main(): Promise<void> {
  if (existsSync(dataDirectory)) return console.log(`${dataDirectory} is there already`);
  // The file gets its final name only when it is complete, so that an interrupted run doesn't leave
  // half a catalogue.
  const unfinished = `${dataDirectory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  for (let first = 1; first <= bookCount; first += booksPerFile) {
    const books = Array.from({ length: booksPerFile }, (_, i) => createBook(first + i));
    await writeBooks(unfinished, fileNameOf(first), books);
  }
  await rename(unfinished, dataDirectory);
  console.log(`${bookCount} books in ${dataDirectory}`);
}

void main();
