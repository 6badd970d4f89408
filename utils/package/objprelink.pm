# The sequence of Build-Depends: dh-sequence-objprelink.
#
# GCC and clang look for their linker in the folders of COMPILER_PATH before those
# that they come with. It is no -B in DEB_LDFLAGS_MAINT_APPEND, since libtool
# leaves that out of the links of shared libraries, a debian/rules that exports
# the variable replaces it, and linker flags get into .pc files and the like.
#
# The folder has all linkers' names. A package that asks for one by -fuse-ld= gets
# it, GCC's link-time optimization gets GNU ld, and what they have linked is rewritten.
# By OBJPRELINK_LINKER, debian/rules says what all links are made by.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

# What is built for other machines is linked as ever.
if (dpkg_architecture_value('DEB_HOST_ARCH') =~ /^(?:amd64|i386)$/) {
	my $folder = '/usr/libexec/objprelink';
	my @others = grep { $_ ne $folder } split /:/, $ENV{COMPILER_PATH} // '';
	$ENV{COMPILER_PATH} = join ':', $folder, @others;
	$ENV{OBJPRELINK_LINKER} //= 'named-or-lld';
	insert_after('dh_strip', 'dh_objprelink');
}

1;
