import Glibc
import Schedules
import Support
import TestSupport
import Testing
import TheoryModel

/// The model's horizon exponent, batch by batch.
@Suite struct ModelHorizonTests {
  static func model(
    _ task: ModelTask, features: Int = 1_000_000, _ summation: FeatureModel.Summation = .coarse
  ) throws -> FeatureModel {
    try FeatureModel(task: task, features: features, summation: summation)
  }

  static func measured(
    _ task: ModelTask, _ shape: String = "wsd20", steps: Int = 256, batches: [Double],
    cap: Double? = nil
  ) throws -> [ModelHorizonExponent] {
    try ModelHorizonExponent.measured(
      on: model(task), shape: ScheduleSpec(shape), steps: steps, batches: batches, cap: cap)
  }

  /// γ* by a grid of factors 1.001 and a parabola through its three lowest losses, over all features.
  private static func gridRate(_ model: FeatureModel, _ shape: String, steps: Int) throws -> Double
  {
    let multipliers = try ScheduleSpec(shape).schedule(steps: steps).multipliers
    func excess(_ logarithm: Double) throws -> Double {
      try model.finalLoss(learningRates: multipliers.map { exp(logarithm) * $0 }).excess
    }
    var (middle, width) = (log(model.stabilityEdge) - 3, 3.0)
    while width > 1e-3 {
      let grid = try (-8...8).map { index in
        let place = middle + width * Double(index) / 8
        return (place, try excess(place))
      }
      middle = try #require(grid.min { $0.1 < $1.1 }).0
      width /= 4
    }
    let values = try [-1, 0, 1].map { try excess(middle + 1e-3 * Double($0)) }
    let slope = values[2] - values[0]
    return exp(middle - 5e-4 * slope / (values[2] - 2 * values[1] + values[0]))
  }

  /// The cap is far above, since linear decay starts above the edge at large batches.
  @Test(arguments: [1.0, 32, 1024])
  func isTheDifferenceOfTunedRates(_ batch: Double) throws {
    let task = try ModelTask(
      taskExponent: 2, spectrumExponent: 1.25, noise: .variance(0.3), batch: batch)
    let model = try Self.model(task, features: 40, .direct)
    let rates = try [30, 60, 120].map { try Self.gridRate(model, "linear", steps: $0) }
    let found = try ModelHorizonExponent.measured(
      on: model, shape: ScheduleSpec("linear"), steps: 60, batches: [batch], cap: 8)[0]
    #expect(abs(found.exponent - log(rates[0] / rates[2]) / log(4)) < 2e-4)
    #expect(relativeError(found.tuned.baseLearningRate, rates[1]) < 2e-4)
  }

  /// p of wsd20 from 1000 to 16000 steps at the task's own batch, of an independent program.
  @Test(
    arguments: sampled(
      zip(CrossCheck.standardTasks, [0.51, 0.34, 0.16, 0.16, 0.13, -0.16]).map(\.self)))
  func smallBatches(_ task: ModelTask, _ expected: Double) throws {
    let found = try Self.measured(
      task, steps: isHeavy ? 4000 : 1000, batches: [task.batch])[0]
    #expect(
      abs(found.exponent - expected) < (isHeavy ? 0.03 : 0.06), "\(task.name): \(found.exponent)")
  }

  /// Nothing but stability bounds γ* of large batches, whatever the horizon and the sign of p at small ones.
  @Test(arguments: ["3,1.5,10%", "1.8,1.4,10%", "1.5,2,100%"])
  func largeBatchesSaturate(_ text: String) throws {
    let found = try Self.measured(ModelTask(text), batches: [1e6, 1e9])
    for row in found { #expect(abs(row.exponent) < 0.01 && row.batch > 30 * row.criticalBatch) }
    let silent = try ModelTask(
      taskExponent: ModelTask(text).taskExponent,
      spectrumExponent: ModelTask(text).spectrumExponent, noise: .variance(0), batch: 1e50)
    let noiseless = try TunedModelRate(
      of: Self.model(silent), multipliers: ScheduleSpec("wsd20").schedule(steps: 256).multipliers)
    #expect(relativeError(found[1].tuned.baseLearningRate, noiseless.baseLearningRate) < 1e-3)
  }

  /// For small steps only η/m and the number of samples count.
  @Test func sameSamples() throws {
    let task = try ModelTask("3,1.5,10%")
    let few = try Self.measured(task, steps: 512, batches: [1, 4])[1]
    let many = try Self.measured(task, steps: 2048, batches: [1])[0]
    #expect(relativeError(few.tuned.baseLearningRate, 4 * many.tuned.baseLearningRate) < 0.03)
    #expect(abs(few.exponent - many.exponent) < 0.01)
    #expect(relativeError(few.criticalBatch, many.criticalBatch) < 0.01)
  }

  /// B_c is where m·g(D) meets the learning rate without gradient noise, here the cap.
  @Test func criticalBatch() throws {
    let row = try Self.measured(ModelTask("3,1.5,10%"), steps: 1024, batches: [1], cap: 0.5)[0]
    let reached = row.criticalBatch * row.tuned.baseLearningRate
    #expect(relativeError(reached, 0.5) < 0.03, "\(reached)")
    let rows = try Self.measured(
      ModelTask("3,1.5,10%"), batches: [1, row.criticalBatch * 30], cap: 0.5)
    #expect(rows.map(\.isAtCap) == [false, true])
    #expect(rows[0].exponent > 0.4 && rows[1].exponent == 0)
  }

  static let refused: [(Int, Double, String)] = [
    (1, 1, "1 steps"), (20_000_000, 1, "20000000 steps"), (10, 0.5, "batch 0.5"),
    (1000, 1e20, "batch 1e+20"), (10, .nan, "batch nan"),
  ]

  @Test(arguments: refused)
  func refuses(_ steps: Int, _ batch: Double, _ piece: String) throws {
    let problem = inputProblem {
      try Self.measured(ModelTask("3,1.5,1"), steps: steps, batches: [batch])
    }
    #expect(problem?.contains(piece) == true, "\(problem ?? "accepted")")
  }

  @Test func refusesUnusableCaps() {
    #expect(throws: InputError.self) {
      try Self.measured(ModelTask("3,1.5,1"), batches: [1], cap: 0)
    }
  }
}
