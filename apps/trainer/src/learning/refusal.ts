import { WavFormatError } from '@earmark/audio';
import { EngineUnavailableError } from '@earmark/learning';
import type { FromChild } from './protocol.js';

type Refusal = Extract<FromChild, { kind: 'refused' }>;

/** What an error says to the client when the same would happen again; null when trying again may help. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof EngineUnavailableError) return { kind: 'refused', code: 'device_unavailable', detail: sentence(error) };
  if (error instanceof WavFormatError) return { kind: 'refused', code: 'audio_not_ready', detail: sentence(error) };
  const isDivergence = error instanceof Error && error.message.startsWith('training diverged');
  if (isDivergence) return { kind: 'refused', code: 'training_failed', detail: sentence(error) };
  return null;
}

function sentence({ message }: Error): string {
  const text = message.trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?)]$/.test(text) ? '' : '.');
}
