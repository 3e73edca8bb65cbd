/// A task of the model on which a transfer is cross-checked.
public struct CrossCheckTask: Hashable, Sendable {
  /// What reports call it.
  public let name: String

  /// a: how fast the target's power falls over the features.
  public let taskExponent: Double

  /// b: how fast the features' variance falls.
  public let spectrumExponent: Double

  /// σ² over the excess loss before training.
  public let relativeNoise: Double

  /// m: examples a step.
  public let batch: Double

  /// A task.
  ///
  /// - Parameters:
  ///   - name: what reports call it.
  ///   - taskExponent: a, above 1.
  ///   - spectrumExponent: b, above 1.
  ///   - relativeNoise: σ² over the excess loss before training, 0 to 1000.
  ///   - batch: m, at least 1.
  /// - Throws: ``CrossCheckTaskError``.
  public init(
    name: String, taskExponent: Double, spectrumExponent: Double, relativeNoise: Double,
    batch: Double
  ) throws(CrossCheckTaskError) {
    guard relativeNoise >= 0, relativeNoise <= Self.mostNoise else {
      throw .relativeNoise(relativeNoise)
    }
    do throws(ModelTaskError) {
      _ = try ModelTask(
        taskExponent: taskExponent, spectrumExponent: spectrumExponent, labelNoise: relativeNoise,
        batch: batch)
    } catch {
      throw .model(error)
    }
    self.init(name, taskExponent, spectrumExponent, relativeNoise, batch)
  }

  private init(_ name: String, _ a: Double, _ b: Double, _ relativeNoise: Double, _ batch: Double) {
    self.name = name
    taskExponent = a
    spectrumExponent = b
    self.relativeNoise = relativeNoise
    self.batch = batch
  }

  /// Two tasks that, shapes and horizons at once, behave like published sweeps of language models.
  ///
  /// Their a and b are illustrative; they are not fitted to any model.
  public static let likeLanguageModels = [
    CrossCheckTask("L1", 1.8, 1.4, 0.1, 8), CrossCheckTask("L2", 2.5, 2, 0.03, 1),
  ]

  /// The tasks that every transfer is checked on: three easy ones (a > b), the last of them nearly on
  /// the border; the two that behave like language models; and a hard one (a < b).
  ///
  /// They span what the model can do.
  public static let standard =
    [
      CrossCheckTask("E1", 3, 1.5, 0.1, 1), CrossCheckTask("E2", 2, 1.25, 0.1, 1),
      CrossCheckTask("E3", 1.6, 1.2, 0.1, 1),
    ] + likeLanguageModels + [CrossCheckTask("H", 1.5, 2, 1, 1)]

  static let mostNoise = 1000.0
}

/// An error in a task to cross-check on, with a suggested fix.
public enum CrossCheckTaskError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The model refuses it.
  case model(ModelTaskError)

  /// The noise is negative, or so large that nothing is learned.
  case relativeNoise(Double)

  /// The error as one line.
  public var description: String {
    switch self {
    case .model(let error): return error.description
    case .relativeNoise(let value):
      return
        "noise \(value): it is a part of the loss before training; give 0 to 1000, for example 0.1"
    }
  }
}
