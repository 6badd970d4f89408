//===- LinkRoomTest.cpp - the room that linkers make ----------------------===//

#include "ImageRewriter/LinkRoom.h"
#include "ELF/RewriteNote.h"
#include "gtest/gtest.h"

using namespace objprelink;

TEST(LinkRoom, HoldsTheNoteOfEitherMode) {
  for (bool packs : {false, true})
    for (uint64_t slots = 1; slots < 10000000; slots *= 10) {
      const uint64_t size = roomNoteSize(slots, packs);
      for (Mode mode : {Mode::Lazy, Mode::Relay}) {
        NoteContents contents;
        contents.version = OBJPRELINK_VERSION;
        contents.mode = mode;
        contents.options = {noteoption::kLinked.str(), noteoption::kRoom.str()};
        if (packs)
          contents.options.push_back(noteoption::kPackRelr.str());
        contents.slots = contents.functions = slots;
        EXPECT_EQ(encodeNote(contents, size).size(), size) << slots;
      }
    }
}
