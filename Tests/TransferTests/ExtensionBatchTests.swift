import Schedules
import TestSupport
import Testing
import Transfer

/// Extensions by the law of horizon and batch.
@Suite struct ExtensionBatchTests {
  static func question(
    _ batch: Int?, _ toBatch: Int? = nil, steps: Int = 4000, to: Int = 16_000
  ) throws -> ExtensionQuestion {
    let base = TrainingRun(try ScheduleSpec("wsd20"), steps: steps, batchTokens: batch)
    var question = try ExtensionQuestion(
      of: ExtendableRun(base, baseLearningRate: 1e-3), toSteps: to)
    question.wantsFreeForm = false
    if let toBatch { question.batchTokens = toBatch }
    return question
  }

  /// Starting over with the same schedule is what a transfer answers, at any batch.
  @Test(
    arguments: [
      (nil, nil), (20_000, nil), (300_000, nil), (4_000_000, nil), (300_000, 1_200_000),
      (4_000_000, 20_000),
    ] as [(Int?, Int?)])
  func startingOverIsATransfer(_ batch: Int?, _ toBatch: Int?) throws {
    let spec = try ScheduleSpec("wsd20")
    let plan = try #require(try Self.question(batch, toBatch).answer().option(.retunedSame)?.plan)
    let answer = try TransferQuestion(
      from: TrainingRun(spec, steps: 4000, batchTokens: batch),
      to: TrainingRun(spec, steps: 16_000, batchTokens: toBatch ?? batch), source: .given(1e-3)
    ).answer()
    let rate = try #require(plan.baseLearningRate)
    #expect(relativeError(rate, try #require(answer.to.baseLearningRate)) < 1e-12)
  }

  /// The larger the batch, the less a longer run wants to lower: at large ones it wants a higher rate, which
  /// no plan that keeps the running one has.
  @Test func batchRaises() throws {
    let factors = try [500, 20_000, 4_000_000].map { batch in
      try #require(try Self.question(batch).answer().option(.lowerPlateau)?.plan?.factor)
    }
    #expect(factors == factors.sorted() && factors[0] < 0.7 && factors[2] == 1)
    func codes(_ batch: Int?) throws -> [String] {
      try Self.question(batch).answer().diagnostics.map(\.code)
    }
    #expect(try codes(4_000_000).contains("wants-higher-lr"))
    #expect(try !codes(500).contains("wants-higher-lr"))
    #expect(try codes(nil).contains("batch-unknown"))
  }

  /// A chain keeps the longer run's batch.
  @Test func chains() throws {
    let chain = try ExtensionChain(Self.question(300_000, 600_000, to: 8000), then: [16_000])
    #expect(chain.stages.map(\.question.batchTokens) == [600_000, 600_000])
  }
}
