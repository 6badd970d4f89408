"""What functions of an image say that return data of its own: plugins'
metadata and descriptors, versions, name services; and what its exported data
holds. ask.c asks them; here is which are asked, and what is a difference.

Only names are asked whose interface is known. Nothing else about a function
tells how to call it."""

import re
import subprocess

SECONDS = 300
# Functions without arguments, or with one that may be null.
STRINGS = """
  _lzo_version_string amqp_version aom_codec_build_config aom_codec_version_str
  archive_bzlib_version archive_liblz4_version archive_liblzma_version
  archive_version_details archive_version_string archive_zlib_version ares_version
  as_version_string asn1_check_version aspell_version_string assuan_check_version
  av_version_info avcodec_configuration avcodec_license avdevice_configuration
  avdevice_license avfilter_configuration avfilter_license avformat_configuration
  avformat_license avifVersion avutil_configuration avutil_license
  blosc_get_version_string bs2b_runtime_version BZ2_bzlibVersion caca_get_version
  cairo_version_string Cbc_getVersion chromaprint_get_version cJSON_Version Clp_Version
  cmark_version_string CoinGetVersionStr curl_version curses_version dav1d_version
  de265_get_version dmtxVersion dvdnav_version editorconfig_get_version_suffix
  enchant_get_version event_get_version fluid_version_str freexl_version fuse_pkgversion
  g_usb_version_string gcry_check_version gdExtraVersion gdVersionString GEOSversion
  get_lame_short_version get_lame_version get_lame_very_short_version get_psy_version
  get_twolame_version gjs_get_js_version gnu_get_libc_release gnu_get_libc_version
  gnutls_check_version gpg_error_check_version gpgme_check_version gpgrt_check_version
  grpc_version_string gst_plugins_base_version_string gst_version_string hb_version_string
  heif_get_version idn2_check_version jack_get_version_string jansson_version_str
  json_c_version kate_get_version_string ksba_check_version lame_get_version
  libbpf_version_string Libgav1GetVersionString libraw_version librist_version
  libssh2_version libvlc_get_changeset libvlc_get_compiler libvlc_get_version
  lto_get_version LZ4_versionString lzma_version_string lzo_version_string
  mng_version_text mpc_get_version mpfr_get_version mysql_get_client_info mz_version
  ne_version_string NSS_GetVersion NSSSMIME_GetVersion NSSSSL_GetVersion
  NSSUTIL_GetVersion ocsd_get_version_str onig_version opj_version opus_get_version_string
  orc_version_string pa_get_library_version pango_version_string pcre_version
  ped_get_version pixman_version_string postproc_configuration postproc_license
  potrace_version PR_GetVersion psl_get_version pw_get_library_version Py_GetCompiler
  Py_GetCopyright Py_GetPlatform Py_GetVersion QRcode_APIVersionString qVersion
  raqm_version_string rav1e_version_full rav1e_version_short rtgeom_version SIDX_Version
  smbc_version snd_asoundlib_version sodium_version_string soundtouch_getVersionString
  soxr_version spatialite_version sqlite3_libversion sqlite3_sourceid src_get_name
  src_get_version srtp_get_version_string ssh_version stringprep_check_version
  svt_av1_get_version swresample_configuration swresample_license swscale_configuration
  swscale_license th_version_string theora_version_string TIFFGetVersion tslib_version
  twolame_get_version uprv_decNumberVersion_72 uv_version_string vorbis_version_string
  vpx_codec_build_config vpx_codec_version_str WavpackGetLibraryVersionString
  wp_get_library_version XML_ExpatVersion XpmLibraryVersion yaml_get_version_string
  zip_libzip_version zlibVersion ZSTD_versionString
"""
NUMBERS = """
  __glDispatchGetABIVersion adw_get_major_version adw_get_micro_version
  adw_get_minor_version aiGetVersionMajor aiGetVersionMinor aiGetVersionPatch
  aiGetVersionRevision amqp_version_number aom_codec_version archive_version_number
  ass_library_version atk_get_major_version atk_get_micro_version atk_get_minor_version
  avcodec_version avdevice_version avfilter_version avformat_version avifLibYUVVersion
  avutil_version BrotliDecoderVersion BrotliEncoderVersion bs2b_runtime_version_int
  cairo_version Clp_VersionMajor Clp_VersionMinor Clp_VersionRelease cmark_version
  event_get_version_number FcGetVersion freedv_get_version fuse_version GC_get_version
  gdMajorVersion gdMinorVersion gdReleaseVersion get_gsf_odf_version gi_get_major_version
  gi_get_minor_version gtk_get_binary_age gtk_get_major_version gtk_get_micro_version
  gtk_get_minor_version gtk_source_get_major_version gtk_source_get_minor_version
  heif_get_version_number hwloc_get_api_version jsc_get_major_version
  jsc_get_minor_version json_c_version_num JxlDecoderVersion JxlEncoderVersion
  kate_get_version ldacBT_get_version libbpf_major_version libbpf_minor_version
  Libgav1GetVersion libraw_versionNumber liq_version lto_api_version LZ4_versionNumber
  LZ4F_getVersion lzma_version_number lzo_version magic_version mbedtls_version_get_number
  mysql_get_client_version nettle_version_major nettle_version_minor nm_utils_version
  ocsd_get_version openmpt_get_core_version openmpt_get_library_version
  OPENSSL_version_major OPENSSL_version_minor OpenSSL_version_num OPENSSL_version_patch
  pango_version pixman_version postproc_version PQlibVersion RTMP_LibVersion
  sodium_library_version_major soundtouch_getVersionId soup_get_major_version
  soup_get_minor_version sqlite3_libversion_number srt_getversion srtp_get_version
  swresample_version swscale_version talloc_version_major TBB_runtime_interface_version
  th_version_number theora_version_number uv_version visual_get_api_version
  vpx_codec_version WavpackGetLibraryVersion webkit_get_major_version
  webkit_get_micro_version webkit_get_minor_version WebPGetDecoderVersion
  WebPGetDemuxVersion WebPGetEncoderVersion WebPGetMuxVersion XftGetVersion
  XXH_versionNumber yajl_version ZSTD_versionNumber
"""
KINDS = {
    "qt": r"qt_plugin_query_metadata",
    "qt6": r"qt_plugin_query_metadata_v2",
    "gstreamer": r"gst_plugin_\w+_get_desc",
    "ladspa": r"ladspa_descriptor",
    "dssi": r"dssi_descriptor",
    "lv2": r"lv2_descriptor",
    "lv2ui": r"lv2ui_descriptor",
    "vst": r"VSTPluginMain",
    "frei0r": r"f0r_get_plugin_info",
    "pixbuf": r"fill_info",
    "gio": r"g_io_\w+_query",
    "dri": r"__driDriverGetExtensions_\w+",
    "vulkan": r"vk_icdNegotiateLoaderICDInterfaceVersion",
    "spa": r"spa_handle_factory_enum",
    "pkcs11": r"C_GetFunctionList",
    "password": r"_nss_\w+_getpwuid_r",
    "group": r"_nss_\w+_getgrgid_r",
    "host": r"_nss_\w+_gethostbyname2_r",
    "string": "|".join([*STRINGS.split(), r"vlc_entry_(license|copyright)\w*"]),
    "number": "|".join(NUMBERS.split()),
}
FUNCTIONS = {kind: re.compile(names) for kind, names in KINDS.items()}
# A virtual table is what is rewritten. A redirected slot shows there.
TABLES = re.compile(r"_ZT[VCT]")
MOST_OBJECTS = 2000


def questions(image):
    """(kind, name, size) of what is asked of an image."""
    objects = 0
    for name, is_data, size in sorted(set(image.exports())):
        if is_data:
            if name == "gst_plugin_desc":
                yield "gstreamer-object", name, size
            elif size and not TABLES.match(name) and objects < MOST_OBJECTS:
                objects += 1
                yield "object", name, size
            continue
        for kind, names in FUNCTIONS.items():
            if names.fullmatch(name):
                yield kind, name, size


def difference(old, again, new):
    """Lines in which new answers differ from old ones, those aside that differ
    from one run of the old image to the next."""
    changing = {line.split(":")[0] for line in set(old) ^ set(again)}
    only = [("-", line) for line in old if line not in set(new)]
    only += [("+", line) for line in new if line not in set(old)]
    return [f"{sign} {line[:200]}" for sign, line in only if line.split(":")[0] not in changing]


def build(cc, folder, parts):
    """The program that asks, made of its sources."""
    sources = [parts / f"{name}.c" for name in ("ask", "say", "kinds", "sound")]
    command = [*cc, *sources, "-o", folder / "ask"]
    return [str(part) for part in command]


def lines(text):
    return [line for line in text.splitlines() if line]


def run(command, **options):
    """What was said until the end, or the end of the time."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            **options,
        )
    except subprocess.TimeoutExpired:
        return ["no end"]
    text = done.stdout.decode(errors="replace")
    return lines(text) + ([f"status {done.returncode}"] if done.returncode else [])
