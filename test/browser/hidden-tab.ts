import type { Browser } from 'playwright-core';

/** A tab that can be hidden: those that Playwright knows are told that they are in view, always. */
export interface HiddenTab {
  /** What an expression comes to in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Puts another tab in front. */
  hide(): Promise<void>;
}

interface Reply {
  readonly id: number;
  readonly result: { readonly result: { readonly value: unknown }; readonly exceptionDetails?: object };
}

export async function openTab(browser: Browser, url: string): Promise<HiddenTab> {
  const devtools = await browser.newBrowserCDPSession();
  const { browserContextId } = await devtools.send('Target.createBrowserContext');
  const create = (address: string) => devtools.send('Target.createTarget', { url: address, browserContextId });
  const { targetId } = await create(url);
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (reply: Reply) => void>();
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const reply: Reply = JSON.parse(message);
    waiting.get(reply.id)?.(reply);
  });
  return {
    async evaluate(expression) {
      const id = waiting.size + 1;
      const params = { expression, awaitPromise: true, returnByValue: true };
      const coming = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
      await devtools.send('Target.sendMessageToTarget', { sessionId, message });
      const { result } = await coming;
      if (result.exceptionDetails) throw new Error(JSON.stringify(result));
      return result.result.value;
    },
    async hide() {
      const front = await create('about:blank');
      await devtools.send('Target.activateTarget', { targetId: front.targetId });
    },
  };
}
