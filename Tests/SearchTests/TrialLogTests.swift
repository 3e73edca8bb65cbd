import Foundation
import Schedules
import Search
import Support
import TestSupport
import Testing

@Suite struct TrialLogTests {
  private static func folder() throws -> String {
    try TemporaryFile("", name: "x").path + "-state"
  }

  private static func trial(_ seed: Int) throws -> Trial {
    Trial(
      shape: "constant", schedule: try ScheduleSpec("constant").schedule(steps: 5),
      baseLearningRate: 0.1, seed: seed)
  }

  @Test func keepsOutcomesToTheBit() throws {
    let folder = try Self.folder()
    let outcomes: [TrialOutcome] = [
      .loss(0.1 + 0.2), .diverged, .failed("no \"device\"\nat all"), .loss(1e-300),
    ]
    do {
      let log = try TrialLog(folder: folder, identity: "a")
      for (seed, outcome) in outcomes.enumerated() {
        try log.append(outcome, of: try Self.trial(seed))
      }
    }
    let log = try TrialLog(folder: folder, identity: "a")
    #expect(log.count == 3)
    for (seed, outcome) in outcomes.enumerated() where seed != 2 {
      #expect(log.outcome(of: try Self.trial(seed)) == outcome)
    }
    // A failed trial is to be run again.
    #expect(log.outcome(of: try Self.trial(2)) == nil)
  }

  @Test func aHalfWrittenLineIsCutOff() throws {
    let folder = try Self.folder()
    do {
      let log = try TrialLog(folder: folder, identity: "a")
      for seed in 0..<3 { try log.append(.loss(Double(seed)), of: try Self.trial(seed)) }
    }
    let url = URL(fileURLWithPath: folder + "/trials.jsonl")
    let whole = try Data(contentsOf: url)
    for kept in [whole.count - 1, whole.count - 20, 5, 0] {
      try whole.prefix(kept).write(to: url)
      do {
        let log = try TrialLog(folder: folder, identity: "a")
        try log.append(.loss(7), of: try Self.trial(9))
      }
      let log = try TrialLog(folder: folder, identity: "a")
      #expect(log.outcome(of: try Self.trial(9)) == .loss(7))
      #expect(log.count == (kept > 10 ? 3 : 1))
    }
  }

  @Test func refusals() throws {
    let folder = try Self.folder()
    let log = try TrialLog(folder: folder, identity: "a")
    try log.append(.loss(1), of: try Self.trial(0))
    let held = #expect(throws: InputError.self) {
      try TrialLog(folder: folder, identity: "a")
    }
    #expect(held?.description.contains("another search is running") == true)
    withExtendedLifetime(log) {}

    let other = try Self.folder()
    do { _ = try TrialLog(folder: other, identity: "a") }
    let changed = #expect(throws: InputError.self) { try TrialLog(folder: other, identity: "b") }
    #expect(changed?.description.contains("holds trials of 'a', not of 'b'") == true)
    let url = URL(fileURLWithPath: other + "/trials.jsonl")
    try Data("{\"workload\":\"a\"}\n{\"shape\":3}\n".utf8).write(to: url)
    let broken = #expect(throws: InputError.self) { try TrialLog(folder: other, identity: "a") }
    #expect(broken?.line == 2)
    try Data("step,lr\n".utf8).write(to: url)
    let foreign = #expect(throws: InputError.self) { try TrialLog(folder: other, identity: "a") }
    #expect(foreign?.line == 1)
    let nowhere = #expect(throws: InputError.self) {
      try TrialLog(folder: "/no/such/folder", identity: "a")
    }
    #expect(nowhere?.description.contains("No such file") == true)
  }

  /// What the log holds is not run again, and the outcomes stand in the order of the trials.
  @Test func finishedTrialsAreNotRepeated() throws {
    let folder = try Self.folder()
    let workload = try LogisticRegression(.synthetic(count: 20, dimension: 2), steps: 5)
    let trials = try (0..<8).map { try Self.trial($0) }
    let expected = try TrialRunner(workload, jobs: 1).outcomes(of: trials)
    do {
      let log = try TrialLog(folder: folder, identity: workload.identity)
      try log.append(.loss(42), of: trials[3])
    }
    do {
      let log = try TrialLog(folder: folder, identity: workload.identity)
      let outcomes = try TrialRunner(workload, jobs: 3, log: log).outcomes(of: trials)
      #expect(outcomes[3] == .loss(42))
      #expect(outcomes.indices.allSatisfy { $0 == 3 || outcomes[$0] == expected[$0] })
    }
    #expect(try TrialLog(folder: folder, identity: workload.identity).count == 8)
  }
}
