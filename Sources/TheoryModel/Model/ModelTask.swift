import Numerics
import Support

/// A task of the solvable model: least squares on power-law random features, trained by online SGD.
///
/// The k-th feature has variance λ_k = k^−b, the target's component along it has (w*_k)²λ_k = k^−a, and the
/// label noise has variance σ² (arXiv 2602.04774).
public struct ModelTask: Hashable, Sendable {
  /// The amount of label noise.
  public enum Noise: Hashable, Sendable {
    /// σ² itself, 0 to 1e50 (the first feature has variance 1).
    case variance(Double)

    /// σ² as a fraction of the excess loss before training, 0 to 1000.
    case relative(Double)
  }

  /// The task's name in reports: `E1`, or its text `a,b,noise,batch`, verbatim if it was read.
  public let name: String

  /// a, the decay exponent of the target's power over features; above 1, at most 100.
  public let taskExponent: Double

  /// b, the decay exponent of the features' variance; above 1, at most 100.
  public let spectrumExponent: Double

  /// The label noise.
  public let noise: Noise

  /// m, examples per step, 1 to 1e50; not necessarily whole, since only 1/m enters.
  public let batch: Double

  /// Creates a task; fails naming the first quantity out of range.
  public init(
    taskExponent: Double, spectrumExponent: Double, noise: Noise, batch: Double = 1
  ) throws(InputError) {
    guard taskExponent > 1, taskExponent <= Self.largestExponent else {
      throw InputError(
        problem:
          "task exponent a = \(decimalText(taskExponent)): the target's power Σ k^−a must be finite",
        hint: "give more than 1, up to 100")
    }
    guard spectrumExponent > 1, spectrumExponent <= Self.largestExponent else {
      throw InputError(
        problem:
          "spectrum exponent b = \(decimalText(spectrumExponent)): the features' variance Σ k^−b must be finite",
        hint: "give more than 1, up to 100")
    }
    switch noise {
    case .variance(let variance):
      guard variance >= 0, variance <= Self.largestAmount else {
        throw InputError(
          problem: "label noise \(decimalText(variance)) is not a variance",
          hint: "give 0 or more, up to 1e50")
      }
    case .relative(let fraction):
      guard fraction >= 0, fraction <= 1000 else {
        throw InputError(
          problem:
            "label noise \(decimalText(100 * fraction))% of the loss before training is out of range",
          hint: "give 0% to 100000%, for example 10%")
      }
    }
    guard batch >= 1, batch <= Self.largestAmount else {
      throw InputError(
        problem: "batch \(decimalText(batch)) is not a number of examples",
        hint: "give 1 or more, up to 1e50")
    }
    let noiseText =
      switch noise {
      case .variance(let variance): decimalText(variance)
      case .relative(let fraction): "\(decimalText(100 * fraction))%"
      }
    let name =
      "\(decimalText(taskExponent)),\(decimalText(spectrumExponent)),\(noiseText),\(decimalText(batch))"
    self.init(name, taskExponent, spectrumExponent, noise, batch)
  }

  /// Reads `a,b,noise` or `a,b,noise,batch`: `0.1` is a variance, `10%` relative noise; the batch defaults to 1.
  public init(_ text: String) throws(InputError) {
    let subject = "task '\(printable(text))'"
    let hint = "give a,b,noise or a,b,noise,batch, for example 3,1.5,10%,8"
    let entries = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard entries.allSatisfy({ !$0.isEmpty }) else {
      throw InputError(.value, subject, problem: "an entry is missing", hint: hint)
    }
    guard entries.count == 3 || entries.count == 4 else {
      throw InputError(
        .value, subject, problem: "\(entries.count) numbers instead of 3 or 4", hint: hint)
    }
    func number(_ entry: String, _ value: Double?) throws(InputError) -> Double {
      guard let value else {
        throw InputError(
          .value, subject, problem: "'\(printable(entry))' is not a number", hint: hint)
      }
      return value
    }
    let noise: Noise
    if entries[2].hasSuffix("%") {
      // As one decimal number, so that 0.1% is 0.001 to the last bit.
      let percent = entries[2].dropLast()
      let fraction = decimal("\(percent)e-2") ?? decimal("\(percent)").map { $0 / 100 }
      noise = .relative(try number(entries[2], fraction))
    } else {
      noise = .variance(try number(entries[2], decimal(entries[2])))
    }
    let a = try number(entries[0], decimal(entries[0]))
    let b = try number(entries[1], decimal(entries[1]))
    let batch = entries.count == 4 ? try number(entries[3], decimal(entries[3])) : 1
    do {
      _ = try ModelTask(taskExponent: a, spectrumExponent: b, noise: noise, batch: batch)
    } catch {
      throw InputError(.value, subject, problem: error.problem, hint: error.hint)
    }
    self.init(text, a, b, noise, batch)
  }

  init(_ name: String, _ a: Double, _ b: Double, _ noise: Noise, _ batch: Double) {
    self.name = name
    taskExponent = a
    spectrumExponent = b
    self.noise = noise
    self.batch = batch
  }

  /// s = (a − 1)/b: without noise the loss falls like τ^−s in the intrinsic time τ = Σ η.
  public var sourceExponent: Double { (taskExponent - 1) / spectrumExponent }

  /// σ², the irreducible loss; relative noise refers to infinitely many features.
  public var labelNoise: Double { labelNoise(initialExcess: hurwitzZeta(taskExponent)) }

  /// σ² relative to the initial excess loss of infinitely many features.
  public var relativeNoise: Double {
    switch noise {
    case .variance(let variance): return variance / hurwitzZeta(taskExponent)
    case .relative(let fraction): return fraction
    }
  }

  func labelNoise(initialExcess: @autoclosure () -> Double) -> Double {
    switch noise {
    case .variance(let variance): return variance
    case .relative(let fraction): return fraction * initialExcess()
    }
  }

  private static let largestExponent = 100.0
  private static let largestAmount = 1e50
}
