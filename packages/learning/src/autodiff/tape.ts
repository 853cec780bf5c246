import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/** A value with a static shape, through which gradients may flow. */
export interface Variable extends Value {
  readonly shape: readonly number[];
  readonly needsGradient: boolean;
}

/** Given the gradient of the loss with respect to the output, one gradient per input; null where none is needed. */
export type Pullback = (outputGradient: Value) => readonly (Value | null)[];

interface TapeEntry {
  readonly output: Variable;
  readonly inputs: readonly Variable[];
  readonly pullback: Pullback;
}

/** Records differentiable operations on a graph, and emits their gradients as further plain nodes of the same graph. */
export class Tape {
  private readonly entries: TapeEntry[] = [];

  constructor(readonly graph: GraphBuilder) {}

  /** A value that gradients do not flow into: data, labels, masks. */
  data(value: Value & { readonly shape: readonly number[] }): Variable {
    return { ...value, needsGradient: false };
  }

  /** A value whose gradient will be asked for. */
  parameter(value: Value & { readonly shape: readonly number[] }): Variable {
    return { ...value, needsGradient: true };
  }

  /** Notes how `output` came from `inputs`. */
  record(output: Value, shape: readonly number[], inputs: readonly Variable[], pullback: Pullback): Variable {
    const variable: Variable = { name: output.name, shape, needsGradient: inputs.some((input) => input.needsGradient) };
    if (variable.needsGradient) this.entries.push({ output: variable, inputs, pullback });
    return variable;
  }

  /** Gradients of a scalar loss, in the order of `parameters`; throws when one does not influence the loss. */
  gradients(loss: Variable, parameters: readonly Variable[]): Value[] {
    const gradients = new Map<string, Value>([[loss.name, this.graph.scalar(1)]]);
    for (const { output, inputs, pullback } of this.entries.toReversed()) {
      const outputGradient = gradients.get(output.name);
      if (outputGradient) this.accumulate(gradients, inputs, pullback(outputGradient));
    }
    return parameters.map((parameter) => {
      const gradient = gradients.get(parameter.name);
      if (!gradient) throw new Error(`parameter ${parameter.name} does not influence the loss`);
      return gradient;
    });
  }

  private accumulate(gradients: Map<string, Value>, inputs: readonly Variable[], parts: readonly (Value | null)[]): void {
    for (const [i, input] of inputs.entries()) {
      const part = parts[i];
      if (!part || !input.needsGradient) continue;
      const known = gradients.get(input.name);
      gradients.set(input.name, known ? this.graph.node('Add', [known, part], input.shape) : part);
    }
  }
}
