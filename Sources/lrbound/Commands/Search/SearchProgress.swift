import Schedules
import Search
import Support
import Synchronization
import Tuning

/// What a search is going to do and how long it takes, on stderr.
final class SearchProgress: Sendable {
  private let plan: SearchPlan
  private let isChecked: Bool
  private let jobs: Int
  private let line = ProgressLine(isWanted: true)
  private let start = ContinuousClock.now

  private let isTimeSaid = Mutex(false)

  init(_ search: RequestedSearch, jobs: Int) {
    plan = search.plan
    isChecked = search.isChecked
    self.jobs = jobs
  }

  /// Says how many trials there will be, and of what.
  func announce() {
    let first =
      "up to \(grouped(plan.screeningTrials)) trials (families × shapes × base LRs × seeds = \(plan.families.count) × \(plan.shapes) × \(plan.rates.count) × \(plan.seeds))"
    let second =
      "then about \(grouped(plan.finalistTrials)) (finalists × base LRs × fresh seeds = \(plan.finalistCount) × \(plan.ratesPerFinalist) × \(plan.freshSeeds))"
    let check = isChecked ? ", then about \(grouped(plan.sweepTrials)) around the best" : ""
    printError("\(first), \(second)\(check)")
  }

  /// Shows how far a round is; the time that is left once the pace is known.
  ///
  /// - Parameters:
  ///   - done: trials of the round with an outcome.
  ///   - fresh: those of them that were run just now.
  ///   - count: all trials of the round.
  func show(_ done: Int, _ fresh: Int, of count: Int) {
    let elapsed = start.duration(to: .now)
    let isPaceNews = isTimeSaid.withLock { isSaid in
      guard !isSaid, fresh >= jobs else { return false }
      isSaid = true
      return true
    }
    let expected = plan.screeningTrials + plan.finalistTrials + (isChecked ? plan.sweepTrials : 0)
    let left = Double(max(0, expected - done)) * (elapsed / .seconds(1)) / Double(max(1, fresh))
    if isPaceNews, left >= 10 {
      line.end()
      printError("at this pace some \(Self.text(seconds: left)) more; Ctrl-C stops")
    }
    line.show("\(grouped(done)) of \(grouped(count)) trials")
  }

  /// Clears the line.
  func end() { line.end() }

  private static func text(seconds: Double) -> String {
    switch seconds {
    case ..<100: return "\(significant(seconds, 2)) s"
    case ..<6000: return "\(significant(seconds / 60, 2)) min"
    case ..<200_000: return "\(significant(seconds / 3600, 2)) h"
    default: return "\(significant(seconds / 86_400, 2)) days"
    }
  }
}
