import Foundation
import Schedules
import Testing

/// The list of families is what the grammar reads and what the documentation shows.
@Suite struct FamilyEntryTests {
  /// The families of the grammar proper; those of a search have their own article.
  static let listed = FamilyEntry.all.filter { ShapeFamily(rawValue: $0.name) == nil }

  @Test func examplesAndAliasesAreRead() throws {
    for entry in FamilyEntry.all {
      for example in entry.examples { _ = try ScheduleSpec(example).schedule(steps: 10_000) }
      let example = try ScheduleSpec(entry.examples[0])
      for alias in entry.aliases {
        let text = alias + entry.examples[0].dropFirst(entry.name.count)
        #expect(try ScheduleSpec(text) == example, "\(text)")
      }
    }
    let names = FamilyEntry.all.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
  }

  private func code(_ words: some Sequence<String>) -> String {
    words.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// A table has a row for every family: its first examples and what they mean.
  @Test(arguments: [
    ("README.md", false), ("Sources/Schedules/Documentation.docc/TheSpecGrammar.md", true),
  ])
  func tables(_ path: String, _ hasAliases: Bool) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    var position = 0
    for entry in Self.listed {
      let aliases = hasAliases ? " \(code(entry.aliases)) |" : ""
      let row = "| \(code(entry.examples.prefix(3))) | \(entry.summary) |\(aliases)"
      let index = lines.firstIndex(of: row)
      #expect(index ?? -1 > position, "\(path) lacks, in this order: \(row)")
      position = index ?? position
    }
  }

  @Test func shapesAreDocumented() {
    for family in ShapeFamily.allCases {
      #expect(FamilyEntry.all.contains { $0.name == family.rawValue })
    }
  }
}
