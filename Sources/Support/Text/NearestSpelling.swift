/// Returns the candidate with the fewest single-character edits, for "did you mean"; nil if the nearest is
/// more than a third of its letters (at least two) away.
package func nearestSpelling(to word: String, among candidates: [String]) -> String? {
  let typed = Array(word.lowercased().prefix(40))
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate)
    let distance = editDistance(typed, letters)
    if distance <= max(2, letters.count / 3), distance < letters.count,
      distance < best?.distance ?? Int.max
    {
      best = (candidate, distance)
    }
  }
  return best?.candidate
}

/// Returns the Levenshtein distance between two words.
package func editDistance<Letter: Equatable>(_ first: [Letter], _ second: [Letter]) -> Int {
  var row = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in second.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
      diagonal = above
    }
  }
  return row[second.count]
}
