import TestSupport
import Testing
import TheoryModel
import Transfer

/// The theory model's view of a transfer.
@Suite struct TransferCrossCheckTests {
  static let tasks = [CrossCheck.standardTasks[1]]

  /// The floor is a part of the peak that each end has.
  @Test func absoluteFloors() throws {
    func ratio(_ to: String) throws -> (answer: TransferAnswer, model: Double) {
      let answer = try TransferQuestionTests.ask(("wsd20", 4000), (to, 4000), lr: 1e-3)
      return (answer, try #require(answer.crossCheck(tasks: Self.tasks).ratioRange()).lowerBound)
    }
    let absolute = try ratio("cosine:min-lr=2e-4")
    let peak = try #require(absolute.answer.to.baseLearningRate)
    let relative = try ratio("cosine:min=\(2e-4 / peak)")
    #expect(relativeError(absolute.model, relative.model) < 1e-6)
  }

  /// Where the bound and its rule differ only in the horizon, so do their verdicts.
  @Test func easyTasksKeepToTheBound() throws {
    let answer = try TransferQuestionTests.ask(("linear", 4000), ("linear", 64_000))
    let check = try answer.crossCheck(tasks: [CrossCheck.standardTasks[0]])
    #expect(check.verdict(on: answer.boundRatio).label == .agrees)
    #expect(check.verdict(on: answer.ratio).label == .disagrees)
  }
}
