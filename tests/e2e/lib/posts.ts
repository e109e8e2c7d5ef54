/** A host of posts on another port than the page, as strict about foreign content as a careful site is. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.md': 'text/plain; charset=utf-8',
};

/** What a post has to allow, and nothing more. */
export const policyFor = (lab: string): string =>
  [
    "default-src 'none'",
    `script-src ${lab}`,
    `frame-src ${lab}`,
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    "base-uri 'none'",
  ].join('; ');

/** Serves the example posts, and others by name, with the lab's own address where they name the module. */
export async function servePosts(
  lab: string,
  others: Record<string, string>,
): Promise<{ url: string; server: Server }> {
  const origin = new URL(lab).origin;
  const server = createServer((request, answer) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    try {
      const text = others[path] ?? readFileSync(join('dist/examples', path), 'utf8');
      answer.setHeader('content-type', TYPES[extname(path)] ?? 'text/html; charset=utf-8');
      answer.setHeader('content-security-policy', policyFor(origin));
      answer.end(text.replace(/(?:\.\.\/)+rollout-lab\.js/, `${lab}rollout-lab.js`));
    } catch {
      answer.statusCode = 404;
      answer.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}
