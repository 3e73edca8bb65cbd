import Glibc
import TestSupport
import Testing
import TheoryModel

/// The dynamics against the values of an independent program.
@Suite struct ReferenceTests {
  static let steps = 50

  /// The learning rates by the names of the reference values.
  static func rates(_ name: String, spectrumExponent: Double) -> [Double] {
    (0..<steps).map { step in
      let left = 1 - Double(step) / Double(steps)
      switch name {
      case "const": return 0.2
      case "poly": return 0.4 * pow(left, 2 * spectrumExponent - 1)
      case "power": return 0.3 * pow(Double(step) + 1, -0.5)
      case "cosine": return 0.15 * (1 + cos(Double.pi * Double(step) / Double(steps)))
      case "wsd": return 0.3 * min(1, left / 0.25)
      default: return 0.25 * (1 + 0.5 * cos(Double(step)))
      }
    }
  }

  static func model(_ a: Double, _ b: Double) throws -> FeatureModel {
    let task = try ModelTask(taskExponent: a, spectrumExponent: b, noise: .variance(0.5), batch: 4)
    return try FeatureModel(task: task, features: 16)
  }

  static let rising = (0..<steps).map { 1 + Double($0 / 10) }

  @Test(arguments: ReferenceLoss.rows)
  func losses(_ row: ReferenceLoss) throws {
    let model = try Self.model(row.taskExponent, row.spectrumExponent)
    let rates = Self.rates(row.schedule, spectrumExponent: row.spectrumExponent)
    let batches = row.isBatchRising ? Self.rising : nil
    let expected: [(Recursion, Double)] = [
      (.exact, row.exact), (.simplified, row.simplified), (.euler, row.euler),
    ]
    for (recursion, value) in expected {
      let loss = try model.finalLoss(
        learningRates: rates, batches: batches, recursion: recursion)
      #expect(relativeError(loss.loss, value) < 1e-12, "\(row) \(recursion)")
      let path = try model.losses(learningRates: rates, batches: batches, recursion: recursion)
      #expect(path.count == Self.steps + 1 && path.last == loss)
    }
  }

  @Test(arguments: [(3.0, 1.5, 1.7002220387226148), (1.5, 2.5, 2.6200658477524255)])
  func lossAtTheStart(_ a: Double, _ b: Double, _ expected: Double) throws {
    let model = try Self.model(a, b)
    #expect(relativeError(model.initialExcess + model.noise, expected) < 1e-12)
  }

  /// The adjoint for `poly`, m = 4, at steps 0, 25 and 49.
  struct Slopes: Sendable {
    let a: Double
    let b: Double
    let rate: [Double]
    let batch: [Double]
    let optimum: [Double]
  }

  static let slopes: [Slopes] = [
    Slopes(
      a: 3, b: 1.5,
      rate: [0.0015232819313697622, -0.0017430337413986592, -0.016760246293965265],
      batch: [-0.00036384293758072347, -0.0001171409168786684, -1.0317175706292607e-09],
      optimum: [0.33031133589262307, 0.11750214899613262, 0.05045178365436346]),
    Slopes(
      a: 1.5, b: 2.5,
      rate: [-0.051542317849711305, -0.0678400859310239, -0.08123118020115318],
      batch: [-0.00039527385567105384, -4.090089224399013e-05, -3.2967443388976296e-16],
      optimum: [2.1622512528139017, 0.14723767404798088, 0.12031596659347761]),
  ]

  @Test(arguments: slopes)
  func adjoint(_ expected: Slopes) throws {
    let model = try Self.model(expected.a, expected.b)
    let gradient = try FinalLossGradient(
      of: model, learningRates: Self.rates("poly", spectrumExponent: expected.b))
    for (index, step) in [0, 25, 49].enumerated() {
      #expect(relativeError(gradient.rateSlopes[step], expected.rate[index]) < 1e-12)
      #expect(relativeError(gradient.batchSlopes[step], expected.batch[index]) < 1e-12)
      #expect(relativeError(gradient.coordinateOptima[step], expected.optimum[index]) < 1e-12)
    }
  }
}
