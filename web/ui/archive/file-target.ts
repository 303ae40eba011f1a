/**
 * Where a file that is made piece by piece goes: straight to the disk where the browser lets the page write there,
 * else into Blobs, which browsers keep on the disk once they are many, and from there to the downloads.
 */
export interface FileTarget {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Begins anew. */
  restart(): Promise<void>;
  /** Now it is a file. */
  close(): Promise<void>;
  /** It never was one. */
  abort(): Promise<void>;
}

/** https://wicg.github.io/file-system-access/: not among TypeScript's types, as not all browsers have it. */
type SavePicker = (options: {
  readonly suggestedName: string;
  readonly types: readonly {
    readonly description: string;
    readonly accept: Record<string, readonly string[]>;
  }[];
}) => Promise<FileSystemFileHandle>;

const TYPE = 'application/octet-stream';
export const FILE_ENDING = '.tabchain';
/** Until the browser has begun the download. */
const REVOKE_AFTER_MS = 60_000;

/** To be called by a click. Undefined: the user has thought better of it. */
export async function openFileTarget(name: string, description: string): Promise<FileTarget | undefined> {
  const pick = (window as { readonly showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  if (pick === undefined) return blobTarget(name);
  try {
    const types = [{ description, accept: { [TYPE]: [FILE_ENDING] } }];
    const handle = await pick({ suggestedName: name, types });
    return diskTarget(await handle.createWritable());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // A frame, or a policy, may not ask for files, and may still download.
    return blobTarget(name);
  }
}

function diskTarget(writable: FileSystemWritableFileStream): FileTarget {
  return {
    write: (bytes) => writable.write(bytes),
    restart: async () => {
      await writable.truncate(0);
      await writable.seek(0);
    },
    close: () => writable.close(),
    abort: () => writable.abort(),
  };
}

function blobTarget(name: string): FileTarget {
  let parts: Blob[] = [];
  const clear = (): Promise<void> => {
    parts = [];
    return Promise.resolve();
  };
  return {
    write(bytes) {
      parts.push(new Blob([bytes]));
      return Promise.resolve();
    },
    restart: clear,
    abort: clear,
    close() {
      const url = URL.createObjectURL(new Blob(parts, { type: TYPE }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
      return clear();
    },
  };
}
