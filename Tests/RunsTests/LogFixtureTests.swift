import Foundation
import Runs
import Schedules
import TestSupport
import Testing

/// Logs that the real libraries wrote (Fixtures/make-logs.py): rows recovered are rows written.
@Suite struct LogFixtureTests {
  static let folder =
    Bundle.module.url(forResource: "logs", withExtension: nil, subdirectory: "Fixtures")?.path ?? ""

  static func path(_ name: String) -> String { folder + "/" + name }

  /// What was written: by log, by quantity, steps and values; NaN as text.
  struct Entry: Decodable, Equatable {
    let step: Int
    let value: Double

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      step = try pair.decode(Int.self)
      if let number = try? pair.decode(Double.self) {
        value = number
      } else {
        value = Double(try pair.decode(String.self)) ?? 0
      }
    }
  }

  static func expected(_ name: String) throws -> [LogQuantity: [Entry]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("expected.json")))
    let all = try JSONDecoder().decode([String: [String: [Entry]]].self, from: data)
    let pairs = try #require(all[name]).map { (LogQuantity(rawValue: $0.key), $0.value) }
    return Dictionary(
      uniqueKeysWithValues: pairs.compactMap { pair in pair.0.map { ($0, pair.1) } })
  }

  static let logs: [(String, LogFormat, [LogRepair.Kind])] = [
    ("simple-value.tfevents", .tensorBoard, []), ("tensor.tfevents", .tensorBoard, []),
    ("resumed-tensorboard", .tensorBoard, [.supersededRecords]),
    ("offline.wandb", .wandb, [.divergedLosses]), ("mlflow-run", .mlflow, []),
    ("trainer_state.json", .trainerState, []), ("lightning-metrics.csv", .csv, []),
    ("megatron.txt", .megatron, [.skippedIterations]),
  ]

  @Test(arguments: logs)
  func everyValueThatWasWritten(_ name: String, _ format: LogFormat, _ mended: [LogRepair.Kind])
    throws
  {
    let log = try RunLog(contentsOf: Self.path(name))
    #expect(log.format == format)
    #expect(log.repairs.map(\.kind) == mended, "\(log.repairs.map(\.message))")
    let expected = try Self.expected(name)
    #expect(Set(log.series.keys) == Set(expected.keys))
    for (quantity, entries) in expected {
      let series = try #require(log.series[quantity])
      #expect(series.steps == entries.map(\.step), "\(quantity)")
      let isSame = zip(series.values, entries).allSatisfy {
        $0 == $1.value || $0.isNaN && $1.value.isNaN
      }
      #expect(isSame, "\(quantity)")
    }
  }

  @Test func theColumnsOfTheRealWriters() throws {
    let log = try RunLog(contentsOf: Self.path("offline.wandb"))
    #expect(log.columns[.loss] == "train/loss" && log.columns[.validationLoss] == "eval/loss")
    #expect(log.finalLossQuantity == .validationLoss && log.finalLoss == 2.9016043572222894)
    let resumed = try RunLog(contentsOf: Self.path("resumed-tensorboard"))
    #expect(resumed.repairs.first?.count == 40)
    let state = try RunLog(
      contentsOf: Self.path("trainer_state.json"),
      options: LogOptions(columns: [.loss: "train_loss"]))
    #expect(state.loss?.steps == [60])
  }

  /// The trainers' learning rates against the schedule that they were told to follow.
  @Test(arguments: [
    ("lightning-metrics.csv", "linear", 80, 1e-2, LearningRateTiming.appliedFromZero),
    ("trainer_state.json", "linear:warmup=6steps", 60, 1e-2, .applied),
    ("megatron.txt", "linear:warmup=20steps", 200, 3e-3, .next),
    ("offline.wandb", "linear:warmup=20steps", 200, 3e-3, .applied),
    ("simple-value.tfevents", "linear:warmup=20steps", 200, 3e-3, .applied),
  ])
  func timing(
    _ name: String, _ spec: String, _ steps: Int, _ rate: Double, _ timing: LearningRateTiming
  ) throws {
    let schedule = try ScheduleSpec(spec).schedule(steps: steps)
    let log = try RunLog(contentsOf: Self.path(name))
    let aligned = try log.aligned(with: schedule, baseLearningRate: rate)
    #expect(aligned.learningRateTiming == timing)
    #expect(aligned.learningRate?.steps == log.learningRate?.steps)
    #expect((aligned.learningRate == log.learningRate) == (timing != .next))
  }
}
