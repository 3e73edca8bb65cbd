import Glibc
import Schedules
import Support
import TestSupport
import Testing
import Transfer

@Suite struct TransferAdviceTests {
  static func answer(
    _ from: String, _ to: String, lr: Double? = 1e-3, steps: Int = 50_000, toSteps: Int? = nil,
    batch: Int? = nil, toBatch: Int? = nil
  ) throws -> (question: TransferQuestion, answer: TransferAnswer) {
    let question = TransferQuestion(
      from: TrainingRun(try ScheduleSpec(from), steps: steps, batchTokens: batch),
      to: TrainingRun(
        try ScheduleSpec(to), steps: toSteps ?? steps, batchTokens: toBatch ?? batch),
      source: lr.map { .given($0) } ?? .unknown)
    return (question, try question.answer())
  }

  @Test func sentence() throws {
    let advice = try #require(try Self.answer("wsd20", "linear").answer.advice)
    #expect(
      advice.sentence
        == "Use 1.9e-3. If you can afford three runs: 1.5e-3, 1.9e-3, 2.6e-3. Confidence: medium: the schedule changes, the horizon does not."
    )
    #expect(advice.baseLearningRate == 1.9e-3 && advice.confidence == .medium)
    #expect(try Self.answer("wsd20", "linear", lr: nil).answer.advice == nil)
  }

  /// From, to, further steps and batches, and the reason.
  static let reasons: [(String, String, Int, Int?, Int?, String)] = [
    ("linear", "linear", 50_000, nil, nil, "nothing changes"),
    ("linear", "linear", 50_000, 500_000, nil, "nothing changes"),
    (
      "linear", "linear", 100_000, nil, nil,
      "the horizon changes, the schedule does not; the batch is unknown"
    ),
    (
      "linear", "linear", 100_000, 500_000, nil,
      "the horizon changes, the schedule and batch do not"
    ),
    (
      "linear", "wsd20", 100_000, 500_000, nil,
      "the schedule and horizon change, the batch does not"
    ),
    (
      "linear", "wsd20", 100_000, 500_000, 4_000_000,
      "the schedule, horizon and batch change"
    ),
    // Twice the batch, half the steps: the tokens and so the horizon stay.
    (
      "linear", "linear", 25_000, 500_000, 1_000_000,
      "the batch changes, the schedule and horizon do not"
    ),
    (
      "linear", "constant", 50_000, nil, nil,
      "the schedule changes, the horizon does not; a run ends at a high learning rate"
    ),
  ]

  @Test(arguments: reasons)
  func reason(
    _ from: String, _ to: String, _ toSteps: Int, _ batch: Int?, _ toBatch: Int?, _ reason: String
  ) throws {
    let (_, answer) = try Self.answer(from, to, toSteps: toSteps, batch: batch, toBatch: toBatch)
    #expect(answer.advice?.reason == reason)
  }

  /// Rounding moves a rate by 5 % at most, and the three runs lie within the interval around the answer.
  @Test(arguments: ["linear", "cosine", "wsd10"], [1.234e-3, 9.96e-4, 3e-5])
  func rounding(_ spec: String, _ lr: Double) throws {
    let (_, answer) = try Self.answer("wsd20", spec, lr: lr, toSteps: 70_000, batch: 1 << 19)
    let advice = try #require(answer.advice)
    let (rate, interval) = (
      try #require(answer.to.baseLearningRate), try #require(answer.interval)
    )
    #expect(abs(advice.baseLearningRate / rate - 1) <= 0.05)
    #expect(advice.threeRuns == advice.threeRuns.sorted() && advice.threeRuns.count == 3)
    #expect(advice.threeRuns.allSatisfy(interval.contains))
    // A run carried nowhere keeps its learning rate.
    let same = try #require(try Self.answer(spec, spec, lr: lr).answer.advice)
    #expect(relativeError(same.baseLearningRate, lr) < 1e-12)
  }

  /// The recipe halves what the answer leaves, at the shortest of the lengths that do.
  @Test(arguments: [nil, 500_000], [50_000, 400_000])
  func recipe(_ batch: Int?, _ toSteps: Int) throws {
    let (question, answer) = try Self.answer(
      "wsd20", "linear", toSteps: toSteps, batch: batch)
    let recipe = try #require(TransferRecipe(for: question, answer: answer))
    #expect(recipe.regret <= recipe.regretOfAnswer / 2)
    #expect(recipe.run.steps >= 3000 && recipe.run.steps <= toSteps)
    #expect(relativeError(recipe.cost, 5 * Double(recipe.run.steps) / Double(toSteps)) < 1e-15)
    let total = answer.uncertainty.total.below
    #expect(relativeError(recipe.regretOfAnswer, 0.025 * total * total) < 1e-12)
    // Around the learning rate that the same source has at the short length, a factor of two apart.
    let (_, short) = try Self.answer("wsd20", "linear", toSteps: recipe.run.steps, batch: batch)
    let centre = try #require(short.to.baseLearningRate)
    for (index, rate) in recipe.baseLearningRates.enumerated() {
      #expect(abs(rate / (centre * exp2(Double(index - 2))) - 1) <= 0.05)
    }
    #expect(recipe.baseLearningRates.count == 5)
  }

  @Test func noRecipe() throws {
    let (question, answer) = try Self.answer("wsd20", "wsd20")
    #expect(TransferRecipe(for: question, answer: answer) == nil)
    let (ratio, open) = try Self.answer("wsd20", "linear", lr: nil)
    #expect(TransferRecipe(for: ratio, answer: open) == nil)
  }
}

@Suite struct AbsoluteScaleTests {
  static func rate(_ source: TransferQuestion.Source) -> Double {
    guard case .tuned(let rate, _) = source else { return .nan }
    return rate
  }

  /// The formula as published in the documentation, and its dependence on batch and horizon by the law.
  @Test func formula() throws {
    let scale = AbsoluteScale(parameters: 1e9)
    let run = TrainingRun(try ScheduleSpec("cosine"), steps: 100_000, batchTokens: 1_000_000)
    let expected =
      exp(-10.22) * pow(2, -0.64) * pow(1e11, 1.0 / 6)
      / (1 + pow(1.9 * 1e11.squareRoot() / 1e6, 2)).squareRoot()
    #expect(relativeError(Self.rate(try scale.source(of: run)), expected) < 1e-12)
    let longer = TrainingRun(try ScheduleSpec("cosine"), steps: 300_000, batchTokens: 2_000_000)
    let ratio = Self.rate(try scale.source(of: longer)) / expected
    #expect(
      relativeError(ratio, HorizonBatchLaw().ratio(from: run.horizon, to: longer.horizon)) < 1e-12)
  }

  /// Another schedule has the bound's ratio.
  @Test func shapes() throws {
    let scale = AbsoluteScale(parameters: 1e9)
    let cosine = TrainingRun(try ScheduleSpec("cosine"), steps: 100_000, batchTokens: 1_000_000)
    let wsd = TrainingRun(try ScheduleSpec("wsd20"), steps: 100_000, batchTokens: 1_000_000)
    let ratio = try TransferQuestion(from: cosine, to: wsd).answer().ratio
    let measured = Self.rate(try scale.source(of: wsd)) / Self.rate(try scale.source(of: cosine))
    #expect(relativeError(measured, ratio) < 1e-12)
  }

  @Test func caveats() throws {
    let scale = AbsoluteScale(parameters: 1e9)
    let seen = Horizon(steps: 100_000, batchTokens: 1_000_000)
    #expect(scale.caveats(at: seen).map(\.code) == ["absolute-scale"])
    let codes = AbsoluteScale(parameters: 7e9).caveats(at: seen).map(\.code)
    #expect(codes == ["absolute-scale", "beyond-the-sweeps"])
    #expect(throws: InputError.self) {
      try scale.source(of: TrainingRun(ScheduleSpec("cosine"), steps: 10))
    }
  }
}
