import ArgumentParser
import Schedules
import Search
import Support
import Tuning

/// What is searched: which families, on which workload, and how far.
struct SearchQuestion: ParsableArguments {
  @Argument(
    help: "Families, for example tps cos-gen.",
    completion: .list(ShapeFamily.allCases.map(\.rawValue)))
  var families: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T; 100, of a --command none.", valueName: "t"))
  var steps: String?

  @OptionGroup var workload: WorkloadOptions
  @OptionGroup var command: CommandOptions
  @OptionGroup var search: SearchOptions

  @Flag(
    name: .long, help: "Move each parameter of the best shape, to see whether it is about the best."
  )
  var check = false

  /// The workload, the plan, and what else is wanted.
  ///
  /// - Parameters:
  ///   - state: the state folder, which a command needs.
  ///   - workingFolder: where a command runs; nil for the present folder.
  /// - Returns: the search.
  /// - Throws: ``UsageError`` and what the workload or the plan refuses.
  func parsed(state: String?, workingFolder: String? = nil) throws -> SearchSetup {
    if steps == nil, command.command != nil {
      throw UsageError("--command: give the number of steps that it trains; add --steps")
    }
    let steps = try Arguments.count(self.steps ?? "100", "--steps", in: 2...10_000_000)
    let families = try parsedFamilies()
    if let given = workload.firstGiven, command.command != nil {
      throw UsageError("\(given) and --command exclude each other; give one of them")
    }
    if let command = try command.parsed(
      steps: steps, state: state, workingFolder: workingFolder)
    {
      let plan = try search.plan(families: families, workload: command, usualRates: nil)
      return SearchSetup(workload: command, plan: plan, isChecked: check)
    }
    let name = try workload.parsedName()
    let workload = try name.workload(steps: steps, settings: try self.workload.parsedSettings())
    let plan = try search.plan(
      families: families, workload: workload, usualRates: name.usualRates(steps: steps))
    return SearchSetup(workload: workload, plan: plan, isChecked: check)
  }

  private func parsedFamilies() throws -> [ShapeFamily] {
    var parsed: [ShapeFamily] = []
    let names = ShapeFamily.allCases.map(\.rawValue)
    for text in families {
      guard let family = ShapeFamily(rawValue: text.lowercased()) else {
        let guess = nearestSpelling(to: text, among: names).map { "did you mean \($0)?" }
        throw UsageError(
          "FAMILIES '\(printable(text))': no such family; \(guess ?? "give \(names.joined(separator: ", "))")"
        )
      }
      if !parsed.contains(family) { parsed.append(family) }
    }
    return parsed.isEmpty ? ShapeFamily.published : parsed
  }
}
